package io.starling.socketio.protocol;

import io.starling.manager.protocol.EventPayload;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One packet of Socket.IO protocol v5. The binary kinds of the wire (5 and 6) are the same records
 * with attachments.
 */
public sealed interface SocketIoPacket {
  /** The {@link Event#ackId} of an event that asks for no ack. */
  long NO_ACK = -1;

  /** The namespace's name, which begins with a slash. */
  String namespace();

  /**
   * Type 0, client to server: it asks to join.
   *
   * @param payload the client's auth object; null when absent
   */
  record Connect(String namespace, @Nullable ObjectNode payload) implements SocketIoPacket {}

  /**
   * Type 0, server to client: it has joined.
   *
   * @param sid letters, digits, {@code -} and {@code _} only
   */
  record Connected(String namespace, String sid) implements SocketIoPacket {}

  /** Type 1: one side leaves the namespace; the connection stays. */
  record Disconnect(String namespace) implements SocketIoPacket {}

  /**
   * Type 2 or 5.
   *
   * @param ackId what the ack will carry, or {@link #NO_ACK}
   * @param payload the event's name and its arguments
   */
  record Event(String namespace, long ackId, EventPayload payload) implements SocketIoPacket {}

  /** Type 3 or 6: the answer to the event that carried this id. */
  record Ack(String namespace, long ackId, EventPayload payload) implements SocketIoPacket {}

  /**
   * Type 4: the server refuses a {@link Connect}.
   *
   * @param payload an object with {@code message} and, if any, {@code data}
   */
  record ConnectError(String namespace, JsonNode payload) implements SocketIoPacket {}
}
