package io.starling.socketio.internal;

import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Runs user code that may take its time, one step after the other, without a thread that waits. */
final class Steps {
  /** What a step gives back that has nothing left to do. */
  static final CompletionStage<@Nullable Void> DONE = CompletableFuture.completedFuture(null);

  private Steps() {}

  @FunctionalInterface
  interface Step<T> {
    CompletionStage<?> run(T item) throws Exception;
  }

  /**
   * Runs a step for each item until one fails. The first runs on the calling thread.
   *
   * @param threads where it goes on after a step that took its time
   * @return {@link #DONE} when no step took its time or failed
   */
  static <T> CompletionStage<?> inOrder(Iterator<T> items, Step<T> step, Executor threads) {
    try {
      while (items.hasNext()) {
        CompletionStage<?> rest = step.run(items.next());
        if (rest != DONE) {
          return rest.thenComposeAsync(done -> inOrder(items, step, threads), threads);
        }
      }
      return DONE;
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** What went wrong, without what stages wrap around it. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause(cause) : failure;
  }
}
