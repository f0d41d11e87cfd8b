package io.starling.client;

/** Handles the beginning of a connection to a namespace, see {@link ClientSocket#onConnect}. */
@FunctionalInterface
public interface ConnectHandler {
  /**
   * Handles a connect. Called on a handler thread, before the events of the new connection.
   *
   * @throws Exception is reported to the {@link ClientListener}
   */
  void connected() throws Exception;
}
