package io.starling.client;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What follows from a change of a client's state: calls of the listener, of stages and of the
 * connection. They are added under the client's lock, and run without it, in the order of the
 * changes, by the thread that made one of them. They do not block.
 */
final class Effects {
  private final Queue<Runnable> effects = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean running = new AtomicBoolean();

  void add(Runnable effect) {
    effects.add(effect);
  }

  /** Runs what was added, unless another thread, or a caller of this method, does. */
  void run() {
    while (!effects.isEmpty() && running.compareAndSet(false, true)) {
      try {
        for (Runnable effect = effects.poll(); effect != null; effect = effects.poll()) {
          effect.run();
        }
      } finally {
        running.set(false);
      }
    }
  }
}
