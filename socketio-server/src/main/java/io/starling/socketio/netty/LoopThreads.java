package io.starling.socketio.netty;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes the daemon threads of one server. Their names are {@code starling-<instance>-<role>-<n>},
 * where n counts from 1.
 */
final class LoopThreads implements ThreadFactory {
  private final String prefix;
  private final AtomicInteger made = new AtomicInteger();

  LoopThreads(String instance, String role) {
    this.prefix = "starling-" + instance + "-" + role + "-";
  }

  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new FastThreadLocalThread(task, prefix + made.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }
}
