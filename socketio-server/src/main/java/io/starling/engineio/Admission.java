package io.starling.engineio;

import io.starling.engineio.protocol.HandshakeError;

/** What a server answers to a request, before anything is changed. */
public sealed interface Admission {

  /** The request may open a session over a transport. */
  record Opens(TransportKind transport) implements Admission {}

  /**
   * The request belongs to a session.
   *
   * @param upgrade whether it is a WebSocket that wants to take the session over
   */
  record Belongs(EngineIoSession session, boolean upgrade) implements Admission {}

  /**
   * The request is refused.
   *
   * @param detail what is wrong with it, for people
   */
  record Refused(HandshakeError error, String detail) implements Admission {}
}
