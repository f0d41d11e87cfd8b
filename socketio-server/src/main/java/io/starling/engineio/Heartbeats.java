package io.starling.engineio;

import io.starling.engineio.SessionExecutor.Cancellable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The heartbeats of the sessions of one event loop. All wait equally long for their next ping, and
 * equally long for its answer, so each stands in one of two lines, which are in the order of time
 * and have one timer each: an idle session has none of its own. Confined to the loop.
 */
final class Heartbeats {
  /** After so many that are due the loop does other things first. */
  private static final int BATCH = 64;

  final SessionExecutor loop;
  final long intervalNanos;
  final long timeoutNanos;
  final Line pings = new Line();
  final Line answers = new Line();

  Heartbeats(SessionExecutor loop, EngineIoConfig config) {
    this.loop = loop;
    this.intervalNanos = config.pingInterval().toNanos();
    this.timeoutNanos = config.pingTimeout().toNanos();
  }

  /** Those that wait for the same thing, the first due first. */
  final class Line {
    private final Runnable fire = this::fire;
    private @Nullable Heartbeat first;
    private @Nullable Heartbeat last;
    private @Nullable Cancellable timer;
    private long timerNanos;

    /** Adds one that is in no line; nearly always it is the last to be due. */
    void add(Heartbeat added, long dueNanos) {
      Heartbeat before = last;
      while (before != null && before.dueNanos - dueNanos > 0) {
        before = before.before;
      }
      Heartbeat after = before == null ? first : before.after;
      added.stand(this, before, after, dueNanos);
      if (before == null) {
        first = added;
      } else {
        before.after = added;
      }
      if (after == null) {
        last = added;
      } else {
        after.before = added;
      }
      arm();
    }

    void remove(Heartbeat removed) {
      Heartbeat before = removed.before;
      Heartbeat after = removed.after;
      if (before == null) {
        first = after;
      } else {
        before.after = after;
      }
      if (after == null) {
        last = before;
      } else {
        after.before = before;
      }
      removed.stand(null, null, null, removed.dueNanos);
      if (first == null) {
        cancel();
      }
    }

    private void fire() {
      timer = null;
      try {
        for (int i = 0; i < BATCH && first != null && first.dueNanos - loop.nanoTime() <= 0; i++) {
          Heartbeat due = first;
          remove(due);
          due.due(this == answers);
        }
      } finally {
        arm();
      }
    }

    /** Sets the timer for the first; one that is set for an earlier time does no harm. */
    private void arm() {
      if (first != null && (timer == null || timerNanos - first.dueNanos > 0)) {
        cancel();
        timerNanos = first.dueNanos;
        timer = loop.schedule(Duration.ofNanos(timerNanos - loop.nanoTime()), fire);
      }
    }

    private void cancel() {
      if (timer != null) {
        timer.cancel();
        timer = null;
      }
    }
  }
}
