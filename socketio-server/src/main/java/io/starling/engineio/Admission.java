package io.starling.engineio;

import io.starling.protocol.engineio.HandshakeError;

/**
 * The verdict of an {@link EngineIoServer} on an HTTP request. The verdict itself opens no session
 * and changes none; the caller acts on it.
 */
public sealed interface Admission {

  /** The request may open a new session over this transport. */
  record Opens(TransportKind transport) implements Admission {}

  /**
   * The request belongs to an existing session.
   *
   * @param upgrade true if the request asks for a WebSocket that is to replace the transport of the
   *     session; false for a polling request
   */
  record Belongs(EngineIoSession session, boolean upgrade) implements Admission {}

  /**
   * The request is refused.
   *
   * @param error the error that the client gets
   * @param detail what is wrong with the request, as a text for logs and listeners
   */
  record Refused(HandshakeError error, String detail) implements Admission {}
}
