package io.starling.engineio;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * The event loop that owns a session: one thread that runs tasks in the order in which they were
 * handed over. {@code execute} may be called from any thread and always queues, even on the loop
 * itself, so that the tasks of one thread keep their order; a task must not block.
 */
public interface SessionExecutor extends Executor {
  /** Queues a task, which is dropped when the loop has ended: so have its sessions. */
  @Override
  default void execute(Runnable task) {
    tryExecute(task);
  }

  /**
   * As {@link #execute}, for a task that must not be lost.
   *
   * @return whether the task will run; false when the loop has ended
   */
  boolean tryExecute(Runnable task);

  /** Whether the calling thread is this loop. */
  boolean inLoop();

  /** Runs a task at once when called on the loop, and hands it over otherwise. */
  default void run(Runnable task) {
    if (inLoop()) {
      task.run();
    } else {
      execute(task);
    }
  }

  /** Whether tasks wait for the running one to end. Only on the loop. */
  boolean busy();

  /** The loop's clock, in nanoseconds since an arbitrary point. */
  long nanoTime();

  /**
   * Runs a task on the loop after a delay, not later than a few milliseconds after it has passed.
   *
   * @param delay zero or less runs it as soon as possible
   */
  Cancellable schedule(Duration delay, Runnable task);

  /**
   * Runs a task once after the tasks that are queued now. What is handed over by this method runs
   * in its order; between two of them the loop may take tasks that were queued meanwhile. Only on
   * the loop.
   */
  void afterTurn(Runnable task);

  /**
   * Runs a task once before the loop turns to the network again, behind all that it does until
   * then; at once on a loop that takes no more tasks. However many tasks are queued, it waits for
   * those of about 5 ms, or for 64 that take longer. It does not make the loop {@link #busy}. Only
   * on the loop.
   */
  void lastInTurn(Runnable task);

  /** A task that was scheduled. */
  @FunctionalInterface
  interface Cancellable {
    /** Takes the task back; does nothing when it has run. Only on the loop. */
    void cancel();
  }
}
