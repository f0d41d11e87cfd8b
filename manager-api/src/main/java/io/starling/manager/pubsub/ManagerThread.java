package io.starling.manager.pubsub;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * The publisher thread: the one thread of a manager, with its clock. It publishes and keeps time.
 */
interface ManagerThread extends Executor {
  long nanoTime();

  /** The system's clock at the start, and the progress of {@link #nanoTime} since: never set. */
  long currentTimeMillis();

  /** Runs the task on this thread, not before the delay is over. */
  Cancellable schedule(Duration delay, Runnable task);

  /**
   * Where tasks run that may block: on a second thread, one after another. Those that were handed
   * over before the shutdown still run. A manager thread without a second one runs them at once.
   */
  default Executor handOver() {
    return Runnable::run;
  }

  /** Drops what has not begun. */
  void shutdown();

  /** A task that may still be stopped. */
  @FunctionalInterface
  interface Cancellable {
    void cancel();
  }

  /** A daemon thread of this name on the system's clock. What a task throws is logged. */
  static ManagerThread start(String name) {
    return new SystemManagerThread(name);
  }
}
