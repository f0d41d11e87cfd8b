package io.starling.client.engineio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of all clients of the process. They are daemons, begin when they are needed, and end
 * a second after they were needed last, so that nobody must stop them.
 */
public final class ClientThreads {
  private static final int VIRTUAL_SINCE = 21;
  private static final int HANDLERS = 64;

  /** Runs what the HTTP client does. A lookup of a host name may block one of these threads. */
  static final Executor IO = pool("io", Math.max(4, Runtime.getRuntime().availableProcessors()));

  /** Runs handlers of applications, which may block. */
  public static final Executor HANDLER = handlers("handler");

  /**
   * Completes stages of applications. A pool of its own, so that handlers that block for a stage do
   * not occupy the threads that complete it.
   */
  public static final Executor CALLBACK = handlers("callback");

  /** The clock of the system. */
  public static final Timers TIMERS = new SystemTimers();

  private ClientThreads() {}

  private static Executor handlers(String role) {
    return Runtime.version().feature() >= VIRTUAL_SINCE ? virtual(role) : pool(role, HANDLERS);
  }

  /**
   * The queue has no bound of its own: each socket has at most one task in it, and each event of
   * the bounded connections at most one.
   */
  private static Executor pool(String role, int size) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            size, size, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons(role));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static ThreadFactory daemons(String role) {
    AtomicInteger count = new AtomicInteger();
    ThreadFactory standard = Executors.defaultThreadFactory();
    return task -> {
      Thread thread = standard.newThread(task);
      thread.setName(prefix(role) + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** By method handles, because this class is compiled for Java 17. */
  private static Executor virtual(String role) {
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    try {
      Class<?> any = Class.forName("java.lang.Thread$Builder");
      Class<?> virtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
      Object builder =
          lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(virtual)).invoke();
      lookup
          .findVirtual(any, "name", MethodType.methodType(any, String.class, long.class))
          .invoke(builder, prefix(role), 1L);
      Object factory =
          lookup
              .findVirtual(any, "factory", MethodType.methodType(ThreadFactory.class))
              .invoke(builder);
      return (Executor)
          lookup
              .findStatic(
                  Executors.class,
                  "newThreadPerTaskExecutor",
                  MethodType.methodType(
                      java.util.concurrent.ExecutorService.class, ThreadFactory.class))
              .invoke(factory);
    } catch (Throwable e) {
      throw new LinkageError("virtual threads: none (expected: as Java 21 has them)", e);
    }
  }

  private static String prefix(String role) {
    return "starling-client-" + role + "-";
  }

  private static final class SystemTimers implements Timers {
    private final ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(1, daemons("timer"));

    SystemTimers() {
      executor.setRemoveOnCancelPolicy(true);
      executor.setKeepAliveTime(1, TimeUnit.SECONDS);
      executor.allowCoreThreadTimeOut(true);
    }

    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    public Task schedule(Duration delay, Runnable task) {
      Future<?> future = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    }
  }
}
