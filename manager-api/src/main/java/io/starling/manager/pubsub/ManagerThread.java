package io.starling.manager.pubsub;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * A single thread with timers and a clock. It is the publisher thread of a manager or emitter, or
 * the thread of a {@link Reconnecting} connection. The interface lets tests replace thread and
 * clock.
 */
interface ManagerThread extends Executor {
  /** Like {@link System#nanoTime()}: only differences have a meaning. */
  long nanoTime();

  /**
   * Milliseconds since 1970. The system clock is read once at the start, and {@link #nanoTime} is
   * added, so the value never jumps when somebody sets the system clock.
   */
  long currentTimeMillis();

  /** Runs the task on this thread once, after the delay. */
  Cancellable schedule(Duration delay, Runnable task);

  /**
   * Returns an executor for tasks that may block: a second thread that runs them one after another.
   * Tasks that were handed over before {@link #shutdown()} still run. An implementation without a
   * second thread runs each task on the calling thread.
   */
  default Executor handOver() {
    return Runnable::run;
  }

  /** Stops the thread. Tasks that have not begun are dropped. */
  void shutdown();

  /** A scheduled task that can be cancelled before it begins. */
  @FunctionalInterface
  interface Cancellable {
    void cancel();
  }

  /**
   * Starts a daemon thread that uses the system clock. Exceptions of tasks are logged.
   *
   * @param name the name of the thread
   */
  static ManagerThread start(String name) {
    return new SystemManagerThread(name);
  }
}
