package io.starling.manager.pubsub;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes daemon threads whose names begin with a prefix and end with a number, from 0 on. */
public final class NamedThreads implements ThreadFactory {
  private final String prefix;
  private final AtomicInteger number = new AtomicInteger();

  /**
   * Makes a factory.
   *
   * @param prefix such as {@code starling-manager-redis-publisher}
   */
  public NamedThreads(String prefix) {
    this.prefix = prefix + "-";
  }

  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new Thread(task, prefix + number.getAndIncrement());
    thread.setDaemon(true);
    return thread;
  }
}
