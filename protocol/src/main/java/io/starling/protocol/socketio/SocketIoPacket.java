package io.starling.protocol.socketio;

import io.starling.protocol.payload.EventPayload;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A packet of Socket.IO protocol v5. An event or ack with attachments is the binary type 5 or 6 on
 * the wire.
 */
public sealed interface SocketIoPacket {
  /** The {@link Event#ackId} of an event that asks for no ack. */
  long NO_ACK = -1;

  /** The name of the namespace. It begins with a slash. */
  String namespace();

  /**
   * Type 0, client to server: the client asks to join the namespace.
   *
   * @param payload the client's auth object; null if it sent none
   */
  record Connect(String namespace, @Nullable ObjectNode payload) implements SocketIoPacket {}

  /**
   * Type 0, server to client: the client has joined the namespace.
   *
   * @param sid the socket id; only letters, digits, {@code -} and {@code _}, since it is not
   *     escaped
   */
  record Connected(String namespace, String sid) implements SocketIoPacket {}

  /** Type 1: one side leaves the namespace; the connection stays. */
  record Disconnect(String namespace) implements SocketIoPacket {}

  /**
   * Type 2, or 5 with attachments: an event.
   *
   * @param ackId the id that the ack must carry, or {@link #NO_ACK} if the sender wants no ack
   * @param payload the event's name and its arguments
   */
  record Event(String namespace, long ackId, EventPayload payload) implements SocketIoPacket {}

  /**
   * Type 3, or 6 with attachments: the answer to an event.
   *
   * @param ackId the id of that event
   * @param payload the arguments of the answer
   */
  record Ack(String namespace, long ackId, EventPayload payload) implements SocketIoPacket {}

  /**
   * Type 4: the server refuses to let the client join the namespace.
   *
   * @param payload an object with the text {@code message} and, optionally, {@code data}
   */
  record ConnectError(String namespace, JsonNode payload) implements SocketIoPacket {}
}
