package io.starling.protocol.socketio;

import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
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
    if (packet instanceof SocketIoPacket.Event event) {
      EventPayload payload = event.payload();
      PacketType type = binary(payload) ? PacketType.BINARY_EVENT : PacketType.EVENT;
      return encode(header(type, event.namespace(), payload, event.ackId()), payload.json());
    }
    if (packet instanceof SocketIoPacket.Ack ack) {
      EventPayload payload = ack.payload();
      PacketType type = binary(payload) ? PacketType.BINARY_ACK : PacketType.ACK;
      return encode(header(type, ack.namespace(), payload, ack.ackId()), payload.json());
    }
    if (packet instanceof SocketIoPacket.Connect connect) {
      return encode(PacketType.CONNECT, connect.namespace(), text(connect.payload()));
    }
    if (packet instanceof SocketIoPacket.Connected connected) {
      return encode(
          PacketType.CONNECT, connected.namespace(), "{\"sid\":\"" + connected.sid() + "\"}");
    }
    if (packet instanceof SocketIoPacket.Disconnect disconnect) {
      return encode(PacketType.DISCONNECT, disconnect.namespace(), null);
    }
    if (packet instanceof SocketIoPacket.ConnectError error) {
      return encode(PacketType.CONNECT_ERROR, error.namespace(), error.payload().toString());
    }
    throw new AssertionError(packet);
  }

  private static ByteBuffer encode(PacketType type, String namespace, @Nullable String json) {
    String text = type.code() + prefix(namespace) + (json == null ? "" : json);
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static @Nullable String text(@Nullable JsonNode json) {
    return json == null ? null : json.toString();
  }

  private static ByteBuffer encode(StringBuilder header, ByteBuffer json) {
    byte[] start = header.toString().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(start.length + json.remaining()).put(start).put(json).flip();
  }

  private static StringBuilder header(
      PacketType type, String namespace, EventPayload payload, long ackId) {
    StringBuilder text = new StringBuilder().append(type.code());
    if (type.binary()) {
      text.append(payload.attachments().size()).append('-');
    }
    text.append(prefix(namespace));
    return ackId == SocketIoPacket.NO_ACK ? text : text.append(ackId);
  }

  private static String prefix(String namespace) {
    return namespace.equals("/") ? "" : namespace + ",";
  }

  private static boolean binary(EventPayload payload) {
    return !payload.attachments().isEmpty();
  }
}
