package io.starling.manager.pubsub;

import io.starling.manager.BusCount;
import io.starling.manager.ManagerListener;
import java.time.Duration;

/**
 * Tells the listener how much a counter has grown: soon after the first time, then at most once a
 * minute, and the rest at the close. Publisher thread only.
 */
final class CountReport {
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final BusContext context;
  private final BusCount counter;
  private final Event event;

  /** The value of the counter at the last report. */
  private long told;

  private long toldNanos;

  /** The method of the listener that is called with the growth. */
  @FunctionalInterface
  interface Event {
    void tell(ManagerListener listener, long count);
  }

  CountReport(BusContext context, BusCount counter, Event event) {
    this.context = context;
    this.counter = counter;
    this.event = event;
  }

  void tell() {
    if (told == 0 || context.thread().nanoTime() - toldNanos >= AGAIN.toNanos()) {
      tellNow();
    }
  }

  /** Tells what was not told yet, regardless of the time of the last report. */
  void tellNow() {
    long count = context.events().counts().sum(counter) - told;
    if (count > 0) {
      told += count;
      toldNanos = context.thread().nanoTime();
      context.events().tell(listener -> event.tell(listener, count));
    }
  }
}
