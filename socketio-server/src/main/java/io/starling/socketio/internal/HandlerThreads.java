package io.starling.socketio.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Creates the executors that run the application's handlers, and names the threads of a server. */
final class HandlerThreads {
  /**
   * The default size of a pool: usually more threads than processors, because handlers may block.
   */
  static final int POOL_SIZE = 64;

  private static final int VIRTUAL_SINCE = 21;

  private HandlerThreads() {}

  /**
   * An executor for handlers: a pool if a size is given. Without a size it is one virtual thread
   * for each task on Java 21 and later, and a pool of {@link #POOL_SIZE} threads before. The queue
   * of a pool needs no bound: each socket has at most one task in the queue, and each awaited ack
   * or emit adds one task when it completes.
   *
   * @param deadlines the timer of a pool, which uses it to replace threads that block
   */
  static ExecutorService create(
      String instance, String role, OptionalInt size, Deadlines deadlines) {
    return size.isEmpty() && Runtime.version().feature() >= VIRTUAL_SINCE
        ? virtualThreads(prefix(instance, role))
        : new HandlerPool(
            size.orElse(POOL_SIZE), daemons(instance, role), deadlines, System::nanoTime);
  }

  /** A factory of daemon threads named {@code starling-<instance>-<role>-<n>}, n from 1. */
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

  /**
   * Creates virtual threads through method handles, because this class is compiled for Java 17,
   * which has no virtual threads.
   */
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
