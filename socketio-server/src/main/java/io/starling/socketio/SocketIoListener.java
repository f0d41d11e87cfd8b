package io.starling.socketio;

import io.starling.engineio.TransportKind;
import io.starling.socketio.http.WebRequest;
import org.jspecify.annotations.Nullable;

/**
 * What happens in a server that an operator may want to count. All of it goes to SLF4J too. Called
 * on event loops and handler threads: must not block. What it throws is logged and ignored.
 */
public interface SocketIoListener {
  /** Hears nothing. */
  SocketIoListener NONE = new SocketIoListener() {};

  /** A connection is open; its client is in no namespace yet. */
  default void sessionOpened(Handshake handshake, TransportKind transport) {}

  /** A connection has changed from polling to WebSocket. */
  default void sessionUpgraded(Handshake handshake) {}

  /** A connection has ended. Its sockets leave their namespaces after this. */
  default void sessionClosed(Handshake handshake, DisconnectReason reason) {}

  /**
   * Something was not sent: a volatile message while the client was not ready, or all that waits
   * for a client whose connection is closed as {@link DisconnectReason#SLOW_CONSUMER} next.
   */
  default void messageDropped(Handshake handshake) {}

  /** A client is in a namespace. */
  default void connected(Socket socket) {}

  /**
   * A client was not let into a namespace.
   *
   * @param message what it was told
   * @param cause what a handler threw; null when there is no such namespace
   */
  default void connectRefused(
      String namespace, Handshake handshake, String message, @Nullable Throwable cause) {}

  /** A socket left its namespace. */
  default void disconnected(Socket socket, DisconnectReason reason) {}

  /**
   * A connection was closed for what its client sent.
   *
   * @param fault where it broke the protocol or a bound
   */
  default void packetRefused(Handshake handshake, String fault) {}

  /** A request was refused before it became a connection. */
  default void handshakeRefused(Handshake handshake, String fault) {}

  /**
   * A certificate file has changed and is no use; the certificate of before stays.
   *
   * @param fault which file, and what was expected
   */
  default void certificateRefused(String fault) {}

  /**
   * A handler threw.
   *
   * @param handler the event's name, {@code connected}, {@code disconnecting} or {@code disconnect}
   */
  default void handlerFailed(Socket socket, String handler, Throwable cause) {}

  /**
   * A middleware of a socket refused an event, which no handler hears of.
   *
   * @param cause what it threw
   */
  default void eventRefused(Socket socket, String event, Throwable cause) {}

  /** The handler of HTTP requests threw, or its stage failed; the client got status 500. */
  default void requestFailed(WebRequest request, Throwable cause) {}

  /** A handler for the events of other servers threw, or too many waited for it. */
  default void serverEventFailed(String namespace, String event, Throwable cause) {}
}
