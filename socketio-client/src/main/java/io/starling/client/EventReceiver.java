package io.starling.client;

/**
 * Handles an event of the server.
 *
 * @param <T> {@link io.starling.protocol.payload.Arguments} for all arguments of the event; the
 *     type as which the first argument is read; or {@link io.starling.protocol.payload.Event} for
 *     the name and the arguments of an event that has no handler of its own, see {@link
 *     ClientSocket#onOther}
 */
@FunctionalInterface
public interface EventReceiver<T> {
  /**
   * Handles one event. Called on a handler thread. Events of one socket are handled one after the
   * other.
   *
   * @param ack sends the answer, now or later, from any thread
   * @throws Exception is reported to the {@link ClientListener}. The client sends no ack by itself,
   *     and the socket stays connected
   */
  void handle(T argument, Ack ack) throws Exception;
}
