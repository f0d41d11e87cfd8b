package io.starling.socketio;

import org.jspecify.annotations.Nullable;

/**
 * Handles an event of any socket in a namespace and gives the answer back.
 *
 * @param <T> {@link io.starling.manager.protocol.Arguments}, or what the first argument is read as
 * @param <R> whatever it gives back
 */
@FunctionalInterface
public interface AnswerHandler<T, R> {
  /**
   * Called on a handler thread; events of one socket wait for each other.
   *
   * @return the ack: {@link AckArguments} or {@link io.starling.manager.protocol.Arguments} as they
   *     are, anything else as its one argument, null too; {@code AckArguments.of()} is an ack
   *     without an argument. A {@link java.util.concurrent.CompletionStage} may be completed by any
   *     thread; the ack is sent then, and the next event of the socket does not wait for it
   * @throws Exception reported to the {@link SocketIoListener}, as the failure of the stage is; no
   *     ack is sent, the socket stays
   */
  @Nullable R answer(Socket socket, T argument) throws Exception;
}
