package io.starling.client;

import org.jspecify.annotations.Nullable;

/**
 * Handles an event of the server. What the handler returns is sent to the server as the ack of the
 * event.
 *
 * @param <T> {@link io.starling.protocol.payload.Arguments} for all arguments of the event, or the
 *     type as which the first argument is read
 * @param <R> the type of the result
 */
@FunctionalInterface
public interface AnswerHandler<T, R> {
  /**
   * Handles one event. Called on a handler thread. Events of one socket are handled one after the
   * other.
   *
   * @return the arguments of the ack. {@link AckArguments} and {@link
   *     io.starling.protocol.payload.Arguments} stand for all arguments that they hold; {@code
   *     AckArguments.of()} is an ack without an argument. Any other value, null included, is the
   *     one argument of the ack. A {@link java.util.concurrent.CompletionStage} stands for the
   *     value with which it completes, on any thread. The ack is sent when it completes; the next
   *     event of the socket does not wait for that
   * @throws Exception is reported to the {@link ClientListener}, and so is the failure of a
   *     returned stage. In both cases no ack is sent, and the socket stays connected
   */
  @Nullable R answer(T argument) throws Exception;
}
