package io.starling.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Receives all that happens to a client, for those who count or show it. The client also logs most
 * of it through SLF4J. The methods are called on I/O threads and other threads of the client: they
 * must not block. What a method throws is logged and ignored.
 */
public interface ClientListener {
  /** A listener that does nothing. */
  ClientListener NONE = new ClientListener() {};

  /**
   * An attempt to connect begins.
   *
   * @param attempt 0 for the first connection, from 1 for a reconnection
   */
  default void connecting(int attempt) {}

  /** A connection to the server was opened. No namespace is connected yet. */
  default void transportOpened(TransportKind transport) {}

  /** The connection changed from HTTP long-polling to WebSocket. */
  default void transportUpgraded() {}

  /**
   * The change from HTTP long-polling to WebSocket failed. Polling goes on.
   *
   * @param fault what happened and what was expected
   */
  default void upgradeFailed(String fault) {}

  /**
   * The connection ended.
   *
   * @param detail what happened, in words; may contain text of the server
   */
  default void transportClosed(DisconnectReason reason, String detail) {}

  /** A namespace was connected. */
  default void connected(ClientSocket socket) {}

  /** A namespace could not be connected, or the server could not be reached. */
  default void connectFailed(ClientSocket socket, ConnectFailedException error) {}

  /** A namespace was disconnected. */
  default void disconnected(ClientSocket socket, DisconnectReason reason) {}

  /**
   * The client waits before its next attempt to connect.
   *
   * @param attempt the number of that attempt, from 1
   */
  default void reconnecting(int attempt, Duration delay) {}

  /** The client has given up: as many attempts failed as the options allow. */
  default void reconnectFailed() {}

  /** An event arrived. Its handler has not been called yet. */
  default void eventReceived(ClientSocket socket) {}

  /** An event was handed to the connection. */
  default void eventSent(ClientSocket socket) {}

  /** A volatile event was dropped, because the connection could not take it. */
  default void eventDropped(ClientSocket socket) {}

  /**
   * An ack that the application waited for did not come: it is late, or the socket disconnected.
   */
  default void ackFailed(ClientSocket socket, Throwable cause) {}

  /**
   * A handler threw, or the stage that it returned failed.
   *
   * @param socket the socket of the handler; null for handlers of the client
   * @param handler the name of the event; or {@code connect}, {@code connect_error}, {@code
   *     disconnect} or {@code reconnect} for handlers of these kinds; or {@code event} when an
   *     event could not be decoded
   */
  default void handlerFailed(@Nullable ClientSocket socket, String handler, Throwable cause) {}
}
