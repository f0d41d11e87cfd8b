package io.starling.socketio;

/**
 * Handles an event of any socket in a namespace.
 *
 * @param <T> {@link io.starling.manager.protocol.Arguments}, or what the first argument is read as
 */
@FunctionalInterface
public interface EventHandler<T> {
  /**
   * Called on a handler thread; events of one socket wait for each other.
   *
   * @param ack to be sent now or later, from any thread
   * @throws Exception reported to the {@link SocketIoListener}; no ack is sent, the socket stays
   */
  void handle(Socket socket, T argument, Ack ack) throws Exception;
}
