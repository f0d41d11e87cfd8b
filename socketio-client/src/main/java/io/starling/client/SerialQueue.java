package io.starling.client;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs tasks one after the other on an executor. Tasks are added under a lock, which makes their
 * order; {@link #start} is called without it. Its length is bounded by those who add to it.
 */
final class SerialQueue {
  private final Executor executor;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean running = new AtomicBoolean();

  SerialQueue(Executor executor) {
    this.executor = executor;
  }

  void add(Runnable task) {
    tasks.add(task);
  }

  /** Runs the tasks that were added, unless they are being run. */
  void start() {
    if (!tasks.isEmpty() && running.compareAndSet(false, true)) {
      executor.execute(this::run);
    }
  }

  private void run() {
    try {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
    } finally {
      running.set(false);
      start();
    }
  }
}
