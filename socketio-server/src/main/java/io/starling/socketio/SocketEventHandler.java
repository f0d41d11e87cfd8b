package io.starling.socketio;

/**
 * Handles an event of one socket. As {@link EventHandler} otherwise.
 *
 * @param <T> {@link io.starling.manager.protocol.Arguments}, or what the first argument is read as
 */
@FunctionalInterface
public interface SocketEventHandler<T> {
  /**
   * Called on a handler thread; events of one socket wait for each other.
   *
   * @throws Exception as {@link EventHandler#handle}
   */
  void handle(T argument, Ack ack) throws Exception;
}
