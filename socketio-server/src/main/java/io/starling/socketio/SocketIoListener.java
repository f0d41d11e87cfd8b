package io.starling.socketio;

import io.starling.engineio.TransportKind;
import io.starling.socketio.http.WebRequest;
import org.jspecify.annotations.Nullable;

/**
 * Receives events of a server that an operator may want to count. The server also logs each of them
 * through SLF4J. The methods are called on event loops and other threads of the server: they must
 * not block. What a method throws is logged and ignored.
 */
public interface SocketIoListener {
  /** A listener that does nothing. */
  SocketIoListener NONE = new SocketIoListener() {};

  /** A connection was opened. Its client is in no namespace yet. */
  default void sessionOpened(Handshake handshake, TransportKind transport) {}

  /** A connection changed from HTTP long-polling to WebSocket. */
  default void sessionUpgraded(Handshake handshake) {}

  /** A connection ended. The sockets of its client leave their namespaces after this. */
  default void sessionClosed(Handshake handshake, DisconnectReason reason) {}

  /**
   * Something was not sent to a client. Either a volatile message was dropped because the client's
   * transport was not ready, or everything that is queued for the client is dropped, because its
   * connection is closed as {@link DisconnectReason#SLOW_CONSUMER} next.
   */
  default void messageDropped(Handshake handshake) {}

  /** A client was connected to a namespace. */
  default void connected(Socket socket) {}

  /**
   * A client was refused in a namespace.
   *
   * @param message the message that was sent to the client
   * @param cause what a handler, middleware or predicate threw; null when the server itself refused
   *     the client, because the namespace does not exist or the client is in too many
   */
  default void connectRefused(
      String namespace, Handshake handshake, String message, @Nullable Throwable cause) {}

  /** A socket left its namespace. */
  default void disconnected(Socket socket, DisconnectReason reason) {}

  /**
   * A connection was closed because its client broke the Socket.IO protocol or exceeded a limit of
   * the server.
   *
   * @param fault what was wrong and what was expected; may contain text of the client
   */
  default void packetRefused(Handshake handshake, String fault) {}

  /**
   * A request was refused before it became a connection.
   *
   * @param fault what was wrong and what was expected; may contain text of the client
   */
  default void handshakeRefused(Handshake handshake, String fault) {}

  /**
   * A certificate file changed and cannot be used. The server keeps the certificate that it has.
   *
   * @param fault which file is at fault, and what was expected
   */
  default void certificateRefused(String fault) {}

  /**
   * A handler of a socket threw, or the stage that it returned failed.
   *
   * @param handler the name of the event; or {@code connected}, {@code disconnecting} or {@code
   *     disconnect} for handlers of these kinds; or {@code event} when an event could not be
   *     decoded
   */
  default void handlerFailed(Socket socket, String handler, Throwable cause) {}

  /**
   * A middleware of a socket refused an event. No handler is called for the event.
   *
   * @param cause what the middleware threw
   */
  default void eventRefused(Socket socket, String event, Throwable cause) {}

  /**
   * The handler of HTTP requests threw, or the stage that it returned failed. The client got status
   * 500.
   */
  default void requestFailed(WebRequest request, Throwable cause) {}

  /**
   * A handler for events of other servers threw, or an event was dropped because too many waited
   * for their handlers.
   */
  default void serverEventFailed(String namespace, String event, Throwable cause) {}
}
