package io.starling.engineio;

import io.starling.engineio.SessionExecutor.Cancellable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The heartbeats of the sessions of one event loop. All that wait for the same thing wait equally
 * long, so each stands at the end of a line, which is in the order of time and has one timer: an
 * idle session has none of its own. Confined to the loop.
 */
final class Heartbeats {
  /** After so many that are due the loop does other things first. */
  private static final int BATCH = 64;

  final SessionExecutor loop;
  final long intervalNanos;
  final long timeoutNanos;

  /** For their next ping. */
  final Line pings = new Line();

  /** For the answer to a ping that left in time, counted from when it was due. */
  final Line answers = new Line();

  /** For an answer that has its time from when it was put off, or from when its ping left late. */
  final Line lateAnswers = new Line();

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

    /** Adds one that is in no line and is due after all that are in this one. */
    void add(Heartbeat added, long dueNanos) {
      Heartbeat before = last;
      added.stand(this, before, null, dueNanos);
      if (before == null) {
        first = added;
      } else {
        before.after = added;
      }
      last = added;
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
          due.due(this != pings);
        }
      } finally {
        arm();
      }
    }

    /** Sets a timer for the first unless there is one, which may be for one that has left. */
    private void arm() {
      if (first != null && timer == null) {
        timer = loop.schedule(Duration.ofNanos(first.dueNanos - loop.nanoTime()), fire);
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
