package io.starling.socketio.protocol;

import io.starling.manager.protocol.EventPayload;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one connection in, packets out. It holds at most one packet whose attachments are
 * still on their way. Not safe for several threads. After a {@link MalformedPacketException} the
 * connection is to be closed and the parser dropped.
 *
 * <p>Stricter than the protocol's text where leniency is an accident: an event has a name, and no
 * space stands before the JSON text.
 */
public final class PacketParser {
  private final Predicate<String> joined;
  private final PacketLimits limits;
  private @Nullable Incomplete incomplete;

  /**
   * @param joined whether the peer may send to a namespace; asked before attachments are collected
   * @param limits those of the server
   */
  public PacketParser(Predicate<String> joined, PacketLimits limits) {
    this.joined = joined;
    this.limits = limits;
  }

  /**
   * A text message.
   *
   * @param data UTF-8; copied, so valid only during the call
   * @return null while attachments are missing
   * @throws MalformedPacketException when it is not a packet, or an attachment was due
   */
  public @Nullable SocketIoPacket text(ByteBuffer data) {
    if (incomplete != null) {
      throw new MalformedPacketException("message: text (expected: an attachment)");
    }
    byte[] packet = new byte[data.remaining()];
    data.get(data.position(), packet);
    PacketHeader header = PacketHeader.parse(packet, limits.maxAttachments());
    if (!header.type().takesId()) {
      return withoutArray(header, packet);
    }
    ByteBuffer json = checkedArray(header, packet);
    if (header.attachments() == 0) {
      return withArray(header, json, List.of());
    }
    if (!joined.test(header.namespace())) {
      throw new MalformedPacketException(
          "namespace: " + header.namespace() + " (expected: one that the client is in)");
    }
    incomplete = new Incomplete(header, json, new ArrayList<>(Math.min(header.attachments(), 10)));
    return null;
  }

  /**
   * A binary message: the next attachment.
   *
   * @param data copied, so valid only during the call
   * @return null while more are missing
   * @throws MalformedPacketException when none was due
   */
  public @Nullable SocketIoPacket binary(ByteBuffer data) {
    Incomplete waiting = incomplete;
    if (waiting == null) {
      throw new MalformedPacketException("message: binary (expected: text)");
    }
    waiting.attachments.add(ByteBuffer.allocate(data.remaining()).put(data.duplicate()).flip());
    if (waiting.attachments.size() < waiting.header.attachments()) {
      return null;
    }
    incomplete = null;
    return withArray(waiting.header, waiting.json, waiting.attachments);
  }

  /** Forgets the packet whose attachments are on their way; no more messages come. */
  public void drop() {
    incomplete = null;
  }

  private ByteBuffer checkedArray(PacketHeader header, byte[] packet) {
    int from = header.end();
    if (from == packet.length || packet[from] != '[') {
      throw new MalformedPacketException("payload: other (expected: an array)");
    }
    if (header.type().event()) {
      limits.json().checkEvent(packet, from, header.attachments());
    } else if (header.ackId() == SocketIoPacket.NO_ACK) {
      throw new MalformedPacketException("id: none (expected: that of an event)");
    } else {
      limits.json().checkArray(packet, from, header.attachments());
    }
    return ByteBuffer.wrap(packet, from, packet.length - from).slice();
  }

  private static SocketIoPacket withArray(
      PacketHeader header, ByteBuffer json, List<ByteBuffer> attachments) {
    EventPayload payload = new EventPayload(json, attachments);
    return header.type().event()
        ? new SocketIoPacket.Event(header.namespace(), header.ackId(), payload)
        : new SocketIoPacket.Ack(header.namespace(), header.ackId(), payload);
  }

  private SocketIoPacket withoutArray(PacketHeader header, byte[] packet) {
    String namespace = header.namespace();
    int from = header.end();
    boolean empty = from == packet.length;
    if (header.type() == PacketType.CONNECT) {
      return new SocketIoPacket.Connect(
          namespace, empty ? null : limits.json().object(packet, from));
    }
    if (header.type() == PacketType.CONNECT_ERROR) {
      return new SocketIoPacket.ConnectError(namespace, limits.json().value(packet, from));
    }
    if (!empty) {
      throw new MalformedPacketException("payload: some (expected: none on a disconnect)");
    }
    return new SocketIoPacket.Disconnect(namespace);
  }

  private record Incomplete(PacketHeader header, ByteBuffer json, List<ByteBuffer> attachments) {}
}
