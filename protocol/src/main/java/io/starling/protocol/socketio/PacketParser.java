package io.starling.protocol.socketio;

import io.starling.protocol.engineio.MalformedPacketException;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Parses the Engine.IO messages of one connection into Socket.IO packets (Socket.IO protocol v5). A
 * packet with attachments is one text message and then one binary message for each attachment. The
 * parser keeps at most one such packet until it is complete. Not thread-safe.
 *
 * <p>After a {@link MalformedPacketException} the caller must close the connection and not use the
 * parser again. The parser is stricter than the protocol's text in two points: an event must have a
 * name, and no space may precede the JSON text.
 */
public final class PacketParser {
  private final Predicate<String> joined;
  private final PacketLimits limits;
  private @Nullable Incomplete incomplete;

  /**
   * A parser for a new connection.
   *
   * @param joined tells whether the client is in a namespace; the parser keeps attachments only of
   *     packets to such a namespace
   * @param limits the limits of the server
   */
  public PacketParser(Predicate<String> joined, PacketLimits limits) {
    this.joined = joined;
    this.limits = limits;
  }

  /**
   * Parses a text message.
   *
   * @param data the message in well-formed UTF-8; the parser copies it
   * @return the packet; null if its attachments must arrive first
   * @throws MalformedPacketException if the message is not a packet, or if an attachment was
   *     expected
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
    limits.checkArray(packet, header);
    int from = header.end();
    ByteBuffer json = ByteBuffer.wrap(packet, from, packet.length - from).slice();
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
   * Takes a binary message, which is the next attachment of the incomplete packet.
   *
   * @param data the attachment; the parser copies it
   * @return the packet if this was its last attachment; null if more must arrive
   * @throws MalformedPacketException if no attachment was expected
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

  /** Drops an incomplete packet to free its memory, because no more messages will come. */
  public void drop() {
    incomplete = null;
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
      return new SocketIoPacket.Connect(namespace, empty ? null : limits.object(packet, from));
    }
    if (header.type() == PacketType.CONNECT_ERROR) {
      return new SocketIoPacket.ConnectError(namespace, limits.read(packet, from));
    }
    if (!empty) {
      throw new MalformedPacketException("payload: some (expected: none on a disconnect)");
    }
    return new SocketIoPacket.Disconnect(namespace);
  }

  private record Incomplete(PacketHeader header, ByteBuffer json, List<ByteBuffer> attachments) {}
}
