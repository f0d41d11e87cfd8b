package io.starling.engineio;

import org.jspecify.annotations.Nullable;

/**
 * When to ping a client and when to give it up: until the next ping, or until the answer is
 * overdue, it stands in a line of its loop's {@link Heartbeats}. Confined to the session's loop.
 */
final class Heartbeat {
  private final Heartbeats all;
  private final EngineIoSession session;
  private boolean extended;

  /** Whether the client is not read from, so that its answers cannot arrive. */
  private boolean suspended;

  /** Whether a ping has no answer that left or was waited for while suspended. */
  private boolean owed;

  // The place in line, which the lines see to.
  Heartbeats.@Nullable Line line;
  @Nullable Heartbeat before;
  @Nullable Heartbeat after;
  long dueNanos;

  Heartbeat(Heartbeats all, EngineIoSession session) {
    this.all = all;
    this.session = session;
  }

  void stand(
      Heartbeats.@Nullable Line line,
      @Nullable Heartbeat before,
      @Nullable Heartbeat after,
      long dueNanos) {
    this.line = line;
    this.before = before;
    this.after = after;
    this.dueNanos = dueNanos;
  }

  void start() {
    all.pings.add(this, all.loop.nanoTime() + all.intervalNanos);
  }

  void stop() {
    if (line != null) {
      line.remove(this);
    }
  }

  /** The client answered. */
  void pong() {
    owed = false;
    stop();
    start();
  }

  /** Nothing is read any more: no answer is overdue, but the pings go on. */
  void suspend() {
    suspended = true;
    if (waiting()) {
      owed = true;
      stop();
      start();
    }
  }

  /** The client is read from again: an answer that is owed has all of its time. */
  void resume() {
    suspended = false;
    if (owed) {
      owed = false;
      extended = false;
      stop();
      all.lateAnswers.add(this, all.loop.nanoTime() + all.timeoutNanos);
    }
  }

  /** Any other packet arrived: it puts the time-out off, but only once for each ping. */
  void heard() {
    if (waiting() && !extended) {
      extended = true;
      stop();
      all.lateAnswers.add(this, all.loop.nanoTime() + all.timeoutNanos);
    }
  }

  /** Whether the answer is overdue, though the timer may not have fired yet. */
  boolean expired() {
    return waiting() && all.loop.nanoTime() - dueNanos >= 0;
  }

  /** Its time has come, and it stands in no line. */
  void due(boolean answer) {
    if (answer) {
      session.end(CloseReason.PING_TIMEOUT);
      return;
    }
    extended = false;
    if (suspended) {
      owed = true;
      start();
      session.ping();
      return;
    }
    long now = all.loop.nanoTime();
    // A late ping does not move the deadline, which stays exact, but while a loop stood still
    // clients could not answer: they have half of their time at least.
    if (now - dueNanos < all.timeoutNanos / 2) {
      all.answers.add(this, dueNanos + all.timeoutNanos);
    } else {
      all.lateAnswers.add(this, now + all.timeoutNanos);
    }
    session.ping();
  }

  private boolean waiting() {
    return line != null && line != all.pings;
  }
}
