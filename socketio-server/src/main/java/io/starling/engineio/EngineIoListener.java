package io.starling.engineio;

import io.starling.engineio.protocol.HandshakeError;
import java.nio.ByteBuffer;

/**
 * The port up: what a server tells the layer above it. All calls for one session come on the
 * session's event loop, one at a time, and must not block. An exception ends that session.
 */
public interface EngineIoListener {
  /** A session is open and can be sent to. The first call for a session. */
  void opened(EngineIoSession session);

  /**
   * A message arrived.
   *
   * @param data read-only, and valid during the call only; UTF-8, checked, when not binary
   */
  void message(EngineIoSession session, ByteBuffer data, boolean binary);

  /** A session is carried by a WebSocket from now on. */
  default void upgraded(EngineIoSession session) {}

  /** A message was not sent: it may be dropped, or it is one too many for a slow client. */
  default void dropped(EngineIoSession session) {}

  /** A session ended. The last call for a session, and made exactly once. */
  void closed(EngineIoSession session, CloseReason reason);

  /**
   * A request was refused before there was a session. Called on the event loop of the connection.
   *
   * @param detail what was wrong with the request, for people
   */
  default void refused(HandshakeRequest request, HandshakeError error, String detail) {}
}
