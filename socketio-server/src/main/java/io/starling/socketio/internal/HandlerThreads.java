package io.starling.socketio.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that run user code, and how all of a server's threads are named. */
final class HandlerThreads {
  /** Handlers may block, so there are more of them than processors. */
  static final int POOL_SIZE = 64;

  private static final int VIRTUAL_SINCE = 21;

  private HandlerThreads() {}

  /**
   * A pool of this size; when none is given, a virtual thread for each task on Java 21 and later,
   * else a pool. The queue of a pool has no bound of its own: each socket has at most one task in
   * it, and each ack and emit that is waited for one when it is over.
   *
   * @param deadlines tells a pool when to look after threads that block
   */
  static ExecutorService create(
      String instance, String role, OptionalInt size, Deadlines deadlines) {
    return size.isEmpty() && Runtime.version().feature() >= VIRTUAL_SINCE
        ? virtualThreads(prefix(instance, role))
        : new HandlerPool(
            size.orElse(POOL_SIZE), daemons(instance, role), deadlines, System::nanoTime);
  }

  /** Daemons named {@code starling-<instance>-<role>-<n>}. */
  static ThreadFactory daemons(String instance, String role) {
    AtomicInteger count = new AtomicInteger();
    ThreadFactory standard = Executors.defaultThreadFactory();
    return task -> {
      Thread thread = standard.newThread(task);
      thread.setName(prefix(instance, role) + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** What is behind the method handles is newer than the Java that this is compiled for. */
  private static ExecutorService virtualThreads(String prefix) {
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    try {
      Class<?> any = Class.forName("java.lang.Thread$Builder");
      Class<?> virtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
      Object builder =
          lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(virtual)).invoke();
      lookup
          .findVirtual(any, "name", MethodType.methodType(any, String.class, long.class))
          .invoke(builder, prefix, 1L);
      Object factory =
          lookup
              .findVirtual(any, "factory", MethodType.methodType(ThreadFactory.class))
              .invoke(builder);
      return (ExecutorService)
          lookup
              .findStatic(
                  Executors.class,
                  "newThreadPerTaskExecutor",
                  MethodType.methodType(ExecutorService.class, ThreadFactory.class))
              .invoke(factory);
    } catch (Throwable e) {
      throw new LinkageError("virtual threads: none (expected: as Java 21 has them)", e);
    }
  }

  private static String prefix(String instance, String role) {
    return "starling-" + instance + "-" + role + "-";
  }
}
