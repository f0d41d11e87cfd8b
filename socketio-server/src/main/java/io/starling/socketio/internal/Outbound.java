package io.starling.socketio.internal;

import io.starling.engineio.OutboundMessage;
import io.starling.manager.EmitFlag;
import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.protocol.payload.EventPayload;
import io.starling.protocol.socketio.PacketEncoder;
import io.starling.protocol.socketio.SocketIoPacket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Turns Socket.IO packets into messages for the Engine.IO server: one text message, then a binary
 * message for each attachment.
 */
final class Outbound {
  private Outbound() {}

  static OutboundMessage of(SocketIoPacket packet) {
    return of(packet, Set.of());
  }

  /**
   * Encodes a packet and copies its attachments, because the caller's buffers may be valid only
   * during this call.
   */
  static OutboundMessage of(SocketIoPacket packet, Set<EmitFlag> flags) {
    return new OutboundMessage(
        messages(
            new EngineIoPacket.Message(PacketEncoder.encode(packet), false), attachments(packet)),
        flags.contains(EmitFlag.VOLATILE),
        !flags.contains(EmitFlag.UNCOMPRESSED));
  }

  private static List<EngineIoPacket.Message> messages(
      EngineIoPacket.Message text, List<ByteBuffer> attachments) {
    if (attachments.isEmpty()) {
      return List.of(text);
    }
    List<EngineIoPacket.Message> messages = new ArrayList<>(1 + attachments.size());
    messages.add(text);
    for (ByteBuffer attachment : attachments) {
      ByteBuffer copy = ByteBuffer.allocate(attachment.remaining()).put(attachment.duplicate());
      messages.add(new EngineIoPacket.Message(copy.flip(), true));
    }
    return messages;
  }

  private static List<ByteBuffer> attachments(SocketIoPacket packet) {
    if (packet instanceof SocketIoPacket.Event event) {
      return event.payload().attachments();
    }
    if (packet instanceof SocketIoPacket.Ack ack) {
      EventPayload payload = ack.payload();
      return payload.attachments();
    }
    return List.of();
  }
}
