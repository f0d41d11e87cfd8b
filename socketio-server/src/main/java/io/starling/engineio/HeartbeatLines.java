package io.starling.engineio;

import io.starling.engineio.SessionExecutor.Cancellable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The three lines in which the heartbeats of all sessions of one event loop wait. All heartbeats in
 * one line wait for the same length of time. So a new one always belongs at the end, the line is
 * sorted by time, and one timer serves the whole line. Sessions need no timers of their own. Only
 * the loop uses this object.
 */
final class HeartbeatLines {
  /** After this many due heartbeats, the loop runs other tasks before it continues. */
  private static final int BATCH = 64;

  final SessionExecutor loop;
  final long intervalNanos;
  final long timeoutNanos;

  /** The heartbeats that wait for their next ping. */
  final Line pings;

  /** The heartbeats that wait for an answer, with the time counted from when the ping was due. */
  final Line answers;

  /**
   * The heartbeats that wait for an answer, with the time counted from a later moment: when the
   * ping was sent very late, or when the time was restarted.
   */
  final Line lateAnswers;

  HeartbeatLines(SessionExecutor loop, EngineIoConfig config) {
    this.loop = loop;
    this.intervalNanos = config.pingInterval().toNanos();
    this.timeoutNanos = config.pingTimeout().toNanos();
    this.pings = new Line(intervalNanos);
    this.answers = new Line(timeoutNanos);
    this.lateAnswers = new Line(timeoutNanos);
  }

  /** A doubly linked list of heartbeats that wait for the same event, sorted by due time. */
  final class Line {
    private final Runnable fire = this::fire;
    private final long waitNanos;
    private @Nullable Heartbeat first;
    private @Nullable Heartbeat last;
    private @Nullable Cancellable timer;

    private Line(long waitNanos) {
      this.waitNanos = waitNanos;
    }

    /**
     * Adds a heartbeat that is in no line and is not due before any heartbeat of this line.
     *
     * @param sinceNanos the time from which the heartbeat waits
     */
    void add(Heartbeat added, long sinceNanos) {
      Heartbeat before = last;
      added.line = this;
      added.before = before;
      added.dueNanos = sinceNanos + waitNanos;
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
      removed.line = null;
      removed.before = null;
      removed.after = null;
      if (first == null && timer != null) {
        timer.cancel();
        timer = null;
      }
    }

    private void fire() {
      timer = null;
      try {
        for (int i = 0; i < BATCH && first != null && first.dueNanos - loop.nanoTime() <= 0; i++) {
          Heartbeat due = first;
          remove(due);
          due.due(this);
        }
      } finally {
        arm();
      }
    }

    /**
     * Sets a timer for the first heartbeat, unless a timer is set. An existing timer may be for a
     * heartbeat that has left the line; it then fires early, and {@link #fire} sets the next.
     */
    private void arm() {
      if (first != null && timer == null) {
        timer = loop.schedule(Duration.ofNanos(first.dueNanos - loop.nanoTime()), fire);
      }
    }
  }
}
