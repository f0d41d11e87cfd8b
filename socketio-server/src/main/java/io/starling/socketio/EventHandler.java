package io.starling.socketio;

/**
 * Handles an event of any socket in a namespace.
 *
 * @param <T> {@link io.starling.protocol.payload.Arguments} for all arguments of the event; the
 *     type as which the first argument is read; or {@link io.starling.protocol.payload.Event} for
 *     the name and the arguments of an event that has no handler of its own, see {@link
 *     NamespaceHandlers#onOther}
 */
@FunctionalInterface
public interface EventHandler<T> {
  /**
   * Handles one event. Called on a handler thread. Events of one socket are handled one after the
   * other.
   *
   * @param ack sends the answer, now or later, from any thread
   * @throws Exception is reported to the {@link SocketIoListener}. The server sends no ack by
   *     itself, and the socket stays connected
   */
  void handle(Socket socket, T argument, Ack ack) throws Exception;
}
