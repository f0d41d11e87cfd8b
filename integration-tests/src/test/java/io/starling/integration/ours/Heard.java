package io.starling.integration.ours;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What the handlers of a test were called with, in order. */
final class Heard<T> {
  static final Duration PATIENCE = Duration.ofSeconds(15);

  private final BlockingQueue<T> waiting = new LinkedBlockingQueue<>();
  private final List<T> all = new CopyOnWriteArrayList<>();

  void add(T value) {
    all.add(value);
    waiting.add(value);
  }

  /** The next value that was not asked for before; waits for it. */
  T next() throws InterruptedException {
    T next = waiting.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    if (next == null) {
      throw new AssertionError("nothing more within " + PATIENCE + "; before: " + all);
    }
    return next;
  }

  /** All values so far. */
  List<T> all() {
    return List.copyOf(all);
  }
}
