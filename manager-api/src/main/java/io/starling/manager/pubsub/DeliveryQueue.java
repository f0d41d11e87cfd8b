package io.starling.manager.pubsub;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries and reports of one origin, in the order in which they must run. One thread at a
 * time runs them; other threads only add to the queue. The steps run without any lock.
 *
 * <p>The lock of the {@link OriginStream} guards all fields. Methods that say so are called by a
 * thread that holds this lock; all others take it.
 */
final class DeliveryQueue {
  private final Object lock;
  private final Queue<Runnable> steps = new ArrayDeque<>();

  /** Whether a thread delivers at the moment. Only that thread takes steps from the queue. */
  private boolean delivering;

  DeliveryQueue(Object lock) {
    this.lock = lock;
  }

  /** Adds a step. The caller holds the lock. */
  void add(Runnable step) {
    assert Thread.holdsLock(lock);
    steps.add(step);
  }

  /** Whether a thread delivers at the moment. The caller holds the lock. */
  boolean isDelivering() {
    assert Thread.holdsLock(lock);
    return delivering;
  }

  /** Whether no step is queued. The caller holds the lock. */
  boolean isEmpty() {
    assert Thread.holdsLock(lock);
    return steps.isEmpty();
  }

  /**
   * Makes the calling thread the one that delivers, if no other does. It must call {@link #drain()}
   * once it has released the lock. The caller holds the lock.
   *
   * @param always whether the thread has something to deliver although the queue is empty
   */
  boolean claim(boolean always) {
    assert Thread.holdsLock(lock);
    boolean claimed = !delivering && (always || !steps.isEmpty());
    delivering |= claimed;
    return claimed;
  }

  /** Runs all steps, unless another thread delivers already. */
  void run() {
    boolean claimed;
    synchronized (lock) {
      claimed = claim(false);
    }
    if (claimed) {
      drain();
    }
  }

  /** Runs all steps on the thread that has claimed the queue. */
  void drain() {
    for (Runnable step = next(); step != null; step = next()) {
      step.run();
    }
  }

  /**
   * Runs one step in each turn of the publisher thread, so that a long queue does not delay its
   * other work.
   */
  void runInTurns(ManagerThread thread) {
    Runnable step;
    synchronized (lock) {
      step = delivering ? null : next();
    }
    if (step != null) {
      step.run();
      synchronized (lock) {
        delivering = false;
      }
      thread.execute(() -> runInTurns(thread));
    }
  }

  private @Nullable Runnable next() {
    synchronized (lock) {
      Runnable step = steps.poll();
      delivering = step != null;
      return step;
    }
  }
}
