package io.starling.manager.pubsub;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** A factory for daemon threads named {@code <prefix>-<n>}, with {@code n} counted from 0. */
public final class NamedThreads implements ThreadFactory {
  private final String prefix;
  private final AtomicInteger number = new AtomicInteger();

  /**
   * Makes a factory.
   *
   * @param prefix the name without the number, such as {@code starling-manager-redis-publisher}
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
