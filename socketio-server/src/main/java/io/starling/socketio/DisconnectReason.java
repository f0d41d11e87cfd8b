package io.starling.socketio;

import io.starling.engineio.CloseReason;

/**
 * The reason why a socket left its namespace. The texts are those of the official Socket.IO server;
 * {@code slow consumer} is an addition of this server.
 */
public enum DisconnectReason {
  /** The application disconnected the socket, in this process or another one. */
  SERVER_NAMESPACE_DISCONNECT("server namespace disconnect"),
  /** The client left the namespace. */
  CLIENT_NAMESPACE_DISCONNECT("client namespace disconnect"),
  /** The server is being closed. */
  SERVER_SHUTTING_DOWN(CloseReason.SERVER_SHUTTING_DOWN.text()),
  /** The client did not answer a ping in time. */
  PING_TIMEOUT(CloseReason.PING_TIMEOUT.text()),
  /** The client closed the connection. */
  TRANSPORT_CLOSE(CloseReason.TRANSPORT_CLOSE.text()),
  /** The connection broke, or the client broke a rule of HTTP or WebSocket. */
  TRANSPORT_ERROR(CloseReason.TRANSPORT_ERROR.text()),
  /** The client sent bytes that are not an Engine.IO packet. */
  PARSE_ERROR(CloseReason.PARSE_ERROR.text()),
  /**
   * The client sent a packet that breaks the Socket.IO protocol, or exceeds a limit of the server.
   */
  FORCED_CLOSE(CloseReason.FORCED_CLOSE.text()),
  /**
   * The server closed the connection: the client joined no namespace in time, or its events and
   * disconnects waited for handlers beyond a limit of the configuration.
   */
  FORCED_SERVER_CLOSE(CloseReason.FORCED_SERVER_CLOSE.text()),
  /**
   * The client did not read the data that was queued for it, or too much data was queued for all
   * clients together.
   */
  SLOW_CONSUMER(CloseReason.SLOW_CONSUMER.text());

  private final String text;

  DisconnectReason(String text) {
    this.text = text;
  }

  /** The reason in the words that Socket.IO applications know. */
  public String text() {
    return text;
  }

  /**
   * Whether events of the socket that still wait for their handlers are dropped. They are when the
   * server disconnected the socket, is being closed, or closed the connection as {@link
   * #FORCED_SERVER_CLOSE}; else they are handled.
   */
  public boolean byServer() {
    return this == SERVER_NAMESPACE_DISCONNECT
        || this == SERVER_SHUTTING_DOWN
        || this == FORCED_SERVER_CLOSE;
  }
}
