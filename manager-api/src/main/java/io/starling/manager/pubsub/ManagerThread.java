package io.starling.manager.pubsub;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The publisher thread: the one thread of a manager, with its clock. It publishes and keeps time.
 */
interface ManagerThread extends Executor {
  Logger LOG = LoggerFactory.getLogger(ManagerThread.class);

  long nanoTime();

  /** The system's clock at the start, and the progress of {@link #nanoTime} since: never set. */
  long currentTimeMillis();

  /** Runs the task on this thread, not before the delay is over. */
  Cancellable schedule(Duration delay, Runnable task);

  /** Drops what has not begun. */
  void shutdown();

  /** A task that may still be stopped. */
  @FunctionalInterface
  interface Cancellable {
    void cancel();
  }

  /**
   * A daemon thread of this name on the system's clock. Tasks after the shutdown are dropped; what
   * a task throws is logged.
   */
  static ManagerThread start(String name) {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());
    executor.setRemoveOnCancelPolicy(true);
    long startMillis = System.currentTimeMillis();
    long startNanos = System.nanoTime();
    return new ManagerThread() {
      @Override
      public void execute(Runnable task) {
        executor.execute(() -> run(task));
      }

      private void run(Runnable task) {
        try {
          task.run();
        } catch (Throwable e) {
          LOG.error("A task of {} failed by a defect", name, e);
        }
      }

      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      public long currentTimeMillis() {
        return startMillis + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
      }

      @Override
      public Cancellable schedule(Duration delay, Runnable task) {
        ScheduledFuture<?> future =
            executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
      }

      @Override
      public void shutdown() {
        executor.shutdownNow();
      }
    };
  }
}
