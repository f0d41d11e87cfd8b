package io.starling.socketio;

/**
 * Handles an event of one socket, see {@link Socket#on}, or an event that the server of another
 * host sent, see {@link Namespace#onServerEvent}.
 *
 * @param <T> {@link io.starling.protocol.payload.Arguments} for all arguments of the event, or the
 *     type as which the first argument is read
 */
@FunctionalInterface
public interface EventReceiver<T> {
  /**
   * Handles one event. Called on a handler thread. Events of one socket are handled one after the
   * other, and so are the server events of one namespace.
   *
   * @param ack sends the answer, now or later, from any thread
   * @throws Exception is reported to the {@link SocketIoListener}. The server sends no ack by
   *     itself, and the socket stays connected. A host that waits for the reply to its server event
   *     is told at once that this host has none
   */
  void handle(T argument, Ack ack) throws Exception;
}
