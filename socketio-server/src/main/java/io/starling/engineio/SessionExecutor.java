package io.starling.engineio;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * The event loop that owns sessions: one thread that runs tasks in the order in which they were
 * queued. Tasks must not block. {@code execute} may be called from any thread. It queues the task
 * even when called on the loop itself, so that the tasks of each thread keep their order.
 */
public interface SessionExecutor extends Executor {
  /**
   * Queues a task. If the loop has ended, the task is dropped; the loop's sessions have ended too.
   */
  @Override
  default void execute(Runnable task) {
    tryExecute(task);
  }

  /**
   * Queues a task like {@link #execute}, for callers that must know whether it will run.
   *
   * @return true if the task was queued; false if the loop has ended
   */
  boolean tryExecute(Runnable task);

  /** Whether the calling thread is this loop. */
  boolean inLoop();

  /** Runs a task at once if called on the loop; queues it otherwise. */
  default void run(Runnable task) {
    if (inLoop()) {
      task.run();
    } else {
      execute(task);
    }
  }

  /** Whether further tasks are queued behind the running one. Only on the loop. */
  boolean busy();

  /** The loop's clock, in nanoseconds since an arbitrary moment; like {@link System#nanoTime}. */
  long nanoTime();

  /**
   * Runs a task on the loop after a delay. The task normally begins within a few milliseconds after
   * the delay has passed.
   *
   * @param delay the delay; with zero or less the task runs as soon as possible
   */
  Cancellable schedule(Duration delay, Runnable task);

  /**
   * Runs a task once, after the tasks that are queued now. Tasks of this method run in the order of
   * the calls. Between two of them the loop may run tasks that were queued meanwhile. Only on the
   * loop.
   */
  void afterTurn(Runnable task);

  /**
   * Runs a task once at the end of the loop's current turn: after queued tasks, right before the
   * loop turns to the network again. A turn runs queued tasks for about 5 ms. The loop looks at the
   * clock after every 64 tasks, so 64 slow tasks may take longer. A loop that accepts no more tasks
   * runs this task at once. The task does not make the loop {@link #busy}. Only on the loop.
   */
  void lastInTurn(Runnable task);

  /** A task that was scheduled. */
  @FunctionalInterface
  interface Cancellable {
    /** Cancels the task. Does nothing if the task has run. Only on the loop. */
    void cancel();
  }
}
