package io.starling.client;

import io.starling.client.engineio.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The time-outs of all acks of one client, with one timer. The client's lock guards this object.
 *
 * <p>The timer is set for the earliest deadline of the acks that wait when it is set. An ack that
 * arrives does not touch it, so that the timer runs about once in each time-out.
 */
final class AckDeadlines {
  private final Timers timers;
  private final Runnable onTimer;
  private final Map<PendingAck, Outbox> waiting = new LinkedHashMap<>();
  private Timers.@Nullable Task timer;
  private long timerNanos;

  /**
   * No deadlines yet.
   *
   * @param onTimer takes the client's lock and calls {@link #expired}
   */
  AckDeadlines(Timers timers, Runnable onTimer) {
    this.timers = timers;
    this.onTimer = onTimer;
  }

  void add(PendingAck ack, Outbox of) {
    ack.deadlineNanos = timers.nanos() + ack.timeout.toNanos();
    waiting.put(ack, of);
    set(ack.deadlineNanos);
  }

  /** Returns whether the ack was waiting, so that the caller completes it. */
  boolean remove(PendingAck ack) {
    return waiting.remove(ack) != null;
  }

  /** Removes and returns the acks that are late, and sets the timer again. */
  List<PendingAck> expired() {
    timer = null;
    List<PendingAck> late = new ArrayList<>();
    long now = timers.nanos();
    long first = Long.MAX_VALUE;
    for (PendingAck ack : waiting.keySet()) {
      long left = ack.deadlineNanos - now;
      if (left <= 0) {
        late.add(ack);
      } else {
        first = Math.min(first, left);
      }
    }
    for (PendingAck ack : late) {
      Outbox of = waiting.remove(ack);
      if (of != null) {
        of.forget(ack);
      }
    }
    if (!waiting.isEmpty()) {
      set(now + first);
    }
    return late;
  }

  private void set(long atNanos) {
    if (timer != null && atNanos - timerNanos >= 0) {
      return;
    }
    if (timer != null) {
      timer.cancel();
    }
    timerNanos = atNanos;
    timer = timers.schedule(Duration.ofNanos(Math.max(0, atNanos - timers.nanos())), onTimer);
  }

  /** Ends the timer, when nothing waits. */
  void stop() {
    if (timer != null && waiting.isEmpty()) {
      timer.cancel();
      timer = null;
    }
  }
}
