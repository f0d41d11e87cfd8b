package io.starling.socketio.internal;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs the handlers of one socket: one at a time, in the order of their dispatch, on handler
 * threads, with no lock held. Tasks do not throw. Safe for any thread.
 */
final class HandlerDispatcher {
  /** After so many a socket lets others have the thread. */
  private static final int BATCH = 64;

  private final Executor executor;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger pending = new AtomicInteger();

  HandlerDispatcher(Executor executor) {
    this.executor = executor;
  }

  /** How many tasks wait or run. */
  int pending() {
    return pending.get();
  }

  void dispatch(Runnable task) {
    tasks.add(task);
    if (pending.getAndIncrement() == 0) {
      executor.execute(this::runBatch);
    }
  }

  private void runBatch() {
    for (int i = 0; i < BATCH; i++) {
      Runnable task = tasks.poll();
      if (task != null) {
        task.run();
      }
      if (pending.decrementAndGet() == 0) {
        return;
      }
    }
    executor.execute(this::runBatch);
  }
}
