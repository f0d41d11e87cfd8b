package io.starling.engineio;

import io.starling.engineio.SessionExecutor.Cancellable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When to ping a client and when to give it up: until the next ping, or until the answer is
 * overdue, it stands in a line of its loop's {@link Heartbeats}. A client that is not read from
 * cannot answer, but must hear pings in time: while it owes an answer since then, they have a timer
 * beside the line. Confined to the session's loop.
 */
final class Heartbeat {
  private final Heartbeats all;
  private final EngineIoSession session;
  private boolean extended;

  /** Whether the client is not read from, so that its answers cannot arrive. */
  private boolean suspended;

  /** Whether a ping has no answer that left or was waited for while suspended. */
  private boolean owed;

  /** When the last ping was due, or left if that was much later. */
  private long pingedNanos;

  /** For the next ping, in place of {@link Heartbeats#pings}. */
  private @Nullable Cancellable pingTimer;

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
    leaveLine();
    if (pingTimer != null) {
      pingTimer.cancel();
      pingTimer = null;
    }
  }

  private void leaveLine() {
    if (line != null) {
      line.remove(this);
    }
  }

  /** The client answered, perhaps to an earlier ping than the last. */
  void pong() {
    owed = false;
    leaveLine();
    if (pingTimer == null) {
      start();
    }
  }

  /** Nothing is read any more: no answer is overdue, but the pings go on. */
  void suspend() {
    suspended = true;
    if (waiting()) {
      owed = true;
      leaveLine();
      if (pingTimer == null) {
        armPing();
      }
    }
  }

  /** The client is read from again: an answer that is owed has all of its time. */
  void resume() {
    suspended = false;
    if (owed) {
      owed = false;
      extended = false;
      awaitAnswer(all.lateAnswers, all.loop.nanoTime());
    }
  }

  /** Any other packet arrived: it puts the time-out off, but only once for each ping. */
  void heard() {
    if (waiting() && !extended) {
      extended = true;
      leaveLine();
      awaitAnswer(all.lateAnswers, all.loop.nanoTime());
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
    } else {
      ping(dueNanos);
    }
  }

  private void ping(long dueNanos) {
    long now = all.loop.nanoTime();
    // A late ping does not move the deadline, which stays exact, but while a loop stood still
    // clients could not answer: they have half of their time at least.
    boolean late = now - dueNanos >= all.timeoutNanos / 2;
    pingedNanos = late ? now : dueNanos;
    if (suspended) {
      owed = true;
      armPing();
    } else if (waiting()) {
      armPing();
    } else {
      extended = false;
      awaitAnswer(late ? all.lateAnswers : all.answers, pingedNanos);
    }
    session.ping();
  }

  private void armPing() {
    long dueNanos = pingedNanos + all.intervalNanos;
    pingTimer =
        all.loop.schedule(
            Duration.ofNanos(dueNanos - all.loop.nanoTime()),
            () -> {
              pingTimer = null;
              ping(dueNanos);
            });
  }

  private void awaitAnswer(Heartbeats.Line answers, long sinceNanos) {
    answers.add(this, sinceNanos + all.timeoutNanos);
  }

  private boolean waiting() {
    return line != null && line != all.pings;
  }
}
