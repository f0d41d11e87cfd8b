package io.starling.socketio;

import org.jspecify.annotations.Nullable;

/**
 * What happens in a server that an operator may want to count or log. Called on event loops and
 * handler threads: must not block. What it throws is logged and ignored.
 */
public interface SocketIoListener {
  /** Writes failures to SLF4J, and nothing else. What a server has when it is given no other. */
  static SocketIoListener logging() {
    return new LoggingListener();
  }

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

  /** A handler for the events of other servers threw, or too many waited for it. */
  default void serverEventFailed(String namespace, String event, Throwable cause) {}
}
