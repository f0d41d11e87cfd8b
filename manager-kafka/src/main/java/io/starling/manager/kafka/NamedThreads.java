package io.starling.manager.kafka;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Daemon threads, numbered from 0. */
final class NamedThreads implements ThreadFactory {
  private final String prefix;
  private final AtomicInteger number = new AtomicInteger();

  /** Threads named {@code starling-<name>-kafka-<role>-<n>}. */
  NamedThreads(String name, String role) {
    this.prefix = "starling-" + name + "-kafka-" + role + "-";
  }

  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new Thread(task, prefix + number.getAndIncrement());
    thread.setDaemon(true);
    return thread;
  }
}
