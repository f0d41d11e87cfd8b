package io.starling.manager.pubsub;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon thread that uses the system clock. Tasks that are submitted after the shutdown are
 * dropped. Exceptions of tasks are logged.
 */
final class SystemManagerThread implements ManagerThread {
  private static final Logger LOG = LoggerFactory.getLogger(ManagerThread.class);

  private final String name;
  private final ScheduledThreadPoolExecutor executor;
  private final long startMillis = System.currentTimeMillis();
  private final long startNanos = System.nanoTime();

  /**
   * The second thread, which runs tasks that may block; null until {@link #handOver}. Guarded by
   * this.
   */
  private @Nullable ThreadPoolExecutor callbacks;

  SystemManagerThread(String name) {
    this.name = name;
    this.executor =
        new ScheduledThreadPoolExecutor(
            1, task -> daemon(task, name), new ThreadPoolExecutor.DiscardPolicy());
    executor.setRemoveOnCancelPolicy(true);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

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
        executor.schedule(
            () -> run(task), TimeUnit.NANOSECONDS.convert(delay), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  /**
   * Starts the second thread on the first call. The thread is started at once and not with the
   * first task, so that a failure to start it shows while nothing depends on it.
   */
  @Override
  public synchronized Executor handOver() {
    if (callbacks == null) {
      String second = name.replace("-publisher-", "-callbacks-");
      callbacks =
          new ThreadPoolExecutor(
              1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> daemon(task, second));
      callbacks.prestartCoreThread();
    }
    return callbacks;
  }

  @Override
  public synchronized void shutdown() {
    executor.shutdownNow();
    if (callbacks != null) {
      callbacks.shutdown();
    }
  }
}
