package io.starling.socketio.internal;

import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs asynchronous checks of the application one after another, for example middlewares. No thread
 * waits while a check takes its time.
 */
final class Steps {
  /**
   * The result of a step that is finished when it returns. Callers compare with this object by
   * identity.
   */
  static final CompletionStage<@Nullable Void> DONE = CompletableFuture.completedFuture(null);

  private Steps() {}

  @FunctionalInterface
  interface Step<T> {
    CompletionStage<?> run(T item) throws Exception;
  }

  /**
   * Runs a step for each item, in order, until one fails. The first step runs on the calling
   * thread.
   *
   * @param threads runs the next step after a step that returned another stage than {@link #DONE}
   * @return {@link #DONE} itself if every step returned {@link #DONE}; otherwise a stage that
   *     completes after the last step, or fails with the first failure
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

  /** The failure without the {@link CompletionException}s that stages wrap around it. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause(cause) : failure;
  }
}
