package io.starling.protocol.socketio;

import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/**
 * Encodes Socket.IO packets as text: {@code <type>[<attachments>-][<namespace>,][<id>][json]}. The
 * JSON array of an event or ack is copied behind this header without change. The caller sends the
 * attachments as binary messages that follow the text.
 */
public final class PacketEncoder {
  private PacketEncoder() {}

  /** Encodes a packet as a text message in UTF-8, without its attachments. */
  public static ByteBuffer encode(SocketIoPacket packet) {
    String namespace = packet.namespace();
    if (packet instanceof SocketIoPacket.Event event) {
      boolean binary = !event.payload().attachments().isEmpty();
      PacketType type = binary ? PacketType.BINARY_EVENT : PacketType.EVENT;
      return withArray(type, namespace, event.ackId(), event.payload());
    } else if (packet instanceof SocketIoPacket.Ack ack) {
      boolean binary = !ack.payload().attachments().isEmpty();
      PacketType type = binary ? PacketType.BINARY_ACK : PacketType.ACK;
      return withArray(type, namespace, ack.ackId(), ack.payload());
    } else if (packet instanceof SocketIoPacket.Connect connect) {
      JsonNode auth = connect.payload();
      return text(PacketType.CONNECT, namespace, auth == null ? "" : auth.toString());
    } else if (packet instanceof SocketIoPacket.Connected connected) {
      return text(PacketType.CONNECT, namespace, "{\"sid\":\"" + connected.sid() + "\"}");
    } else if (packet instanceof SocketIoPacket.Disconnect) {
      return text(PacketType.DISCONNECT, namespace, "");
    } else if (packet instanceof SocketIoPacket.ConnectError error) {
      return text(PacketType.CONNECT_ERROR, namespace, error.payload().toString());
    }
    throw new AssertionError(packet);
  }

  private static ByteBuffer text(PacketType type, String namespace, String json) {
    String text = type.code() + prefix(namespace) + json;
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ByteBuffer withArray(
      PacketType type, String namespace, long ackId, EventPayload payload) {
    StringBuilder header = new StringBuilder().append(type.code());
    if (type.binary()) {
      header.append(payload.attachments().size()).append('-');
    }
    header.append(prefix(namespace));
    if (ackId != SocketIoPacket.NO_ACK) {
      header.append(ackId);
    }
    byte[] start = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer json = payload.json();
    return ByteBuffer.allocate(start.length + json.remaining()).put(start).put(json).flip();
  }

  private static String prefix(String namespace) {
    return namespace.equals("/") ? "" : namespace + ",";
  }
}
