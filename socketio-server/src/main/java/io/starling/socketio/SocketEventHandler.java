package io.starling.socketio;

/**
 * Handles an event of one socket. As {@link EventHandler} otherwise.
 *
 * @param <T> {@link io.starling.manager.protocol.Arguments}, or what the first argument is read as
 */
@FunctionalInterface
public interface SocketEventHandler<T> {
  void handle(T argument, Ack ack) throws Exception;
}
