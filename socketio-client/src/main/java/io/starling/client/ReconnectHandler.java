package io.starling.client;

/** Handles a step of the reconnection, see {@link SocketIoClient#onReconnectAttempt}. */
@FunctionalInterface
public interface ReconnectHandler {
  /**
   * Handles one step. Called on a handler thread. Such handlers of one client are called one after
   * the other.
   *
   * @param attempt the number of the attempt since the connection was lost, from 1
   * @throws Exception is reported to the {@link ClientListener}
   */
  void attempt(int attempt) throws Exception;
}
