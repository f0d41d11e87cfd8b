package io.starling.engineio;

import io.starling.protocol.engineio.HandshakeError;
import java.nio.ByteBuffer;

/**
 * The callbacks through which an {@link EngineIoServer} reports to the layer above it, which is
 * Socket.IO. All calls for one session come on the session's event loop, one at a time. An
 * implementation must not block. An exception that it throws ends that session.
 */
public interface EngineIoListener {
  /** A session was opened, and messages can be sent to it. This is the first call for a session. */
  void opened(EngineIoSession session);

  /**
   * A message of the client arrived.
   *
   * @param data the content, read-only and valid only during the call; if not {@code binary}, it is
   *     well-formed UTF-8
   */
  void message(EngineIoSession session, ByteBuffer data, boolean binary);

  /** A session that began with polling uses a WebSocket from now on. */
  default void upgraded(EngineIoSession session) {}

  /**
   * A message with {@link OutboundMessage#dropIfNotWritable} was dropped because the client does
   * not keep up. Also called once right before a session ends as {@link CloseReason#SLOW_CONSUMER},
   * for the messages that are lost with it.
   */
  default void dropped(EngineIoSession session) {}

  /**
   * A session ended. This is the last call for a session and comes exactly once. Messages that were
   * sent before may still be on their way to the client.
   */
  void closed(EngineIoSession session, CloseReason reason);

  /**
   * A request was refused; it opened no session or did not reach its session. Called on the event
   * loop of the request's connection.
   *
   * @param detail what is wrong with the request, as a text for logs
   */
  default void refused(HandshakeRequest request, HandshakeError error, String detail) {}
}
