package io.starling.socketio.internal;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** Runs short tasks later. Safe for any thread. */
@FunctionalInterface
interface Deadlines {
  /**
   * Schedules a task, which must not block.
   *
   * @param delay any; what is longer than a clock counts does not come to its end
   * @return takes the task back; does nothing when it has run
   */
  Runnable after(Duration delay, Runnable task);

  /** Deadlines on one thread. */
  static ScheduledThreadPoolExecutor thread(ThreadFactory factory) {
    ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, factory);
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return executor;
  }

  static Deadlines on(ScheduledThreadPoolExecutor executor) {
    return (delay, task) -> {
      ScheduledFuture<?> future = executor.schedule(task, nanos(delay), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    };
  }

  private static long nanos(Duration delay) {
    return delay.compareTo(Duration.ofNanos(Long.MAX_VALUE)) < 0 ? delay.toNanos() : Long.MAX_VALUE;
  }
}
