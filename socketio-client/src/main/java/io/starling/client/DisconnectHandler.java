package io.starling.client;

/** Handles the end of a connection to a namespace, see {@link ClientSocket#onDisconnect}. */
@FunctionalInterface
public interface DisconnectHandler {
  /**
   * Handles a disconnect. Called on a handler thread, after the events that arrived before it.
   *
   * @throws Exception is reported to the {@link ClientListener}
   */
  void disconnected(DisconnectReason reason) throws Exception;
}
