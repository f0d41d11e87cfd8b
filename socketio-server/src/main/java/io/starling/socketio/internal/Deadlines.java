package io.starling.socketio.internal;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** A timer: runs short tasks after a delay. Safe for any thread. */
@FunctionalInterface
interface Deadlines {
  /**
   * Schedules a task, which must not block.
   *
   * @param delay how long to wait; more than {@link Long#MAX_VALUE} nanoseconds count as that many,
   *     about 292 years
   * @return cancels the task; does nothing once the task has run
   */
  Runnable after(Duration delay, Runnable task);

  /**
   * A scheduler with one thread, for {@link #on}. On shutdown it drops the tasks that still wait
   * for their time.
   */
  static ScheduledThreadPoolExecutor thread(ThreadFactory factory) {
    ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, factory);
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return executor;
  }

  static Deadlines on(ScheduledThreadPoolExecutor executor) {
    return (delay, task) -> {
      ScheduledFuture<?> future =
          executor.schedule(task, TimeUnit.NANOSECONDS.convert(delay), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    };
  }
}
