package io.starling.engineio;

import io.starling.engineio.SessionExecutor.Cancellable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The heartbeat of one session: decides when the client gets a ping, and ends the session if the
 * answer is overdue (Engine.IO protocol, revision 4, "Heartbeat"). While the heartbeat waits for
 * the next ping or for an answer, it stands in one of its loop's {@link HeartbeatLines}.
 *
 * <p>Reading from a client may be suspended. Its answers cannot arrive then, but it must still get
 * pings in time, or it would take the server for dead. So while an answer from a suspension is
 * outstanding, this heartbeat has a timer of its own for pings, beside its place in a line for
 * answers. Only the session's event loop uses this object.
 */
final class Heartbeat {
  private final HeartbeatLines all;
  private final EngineIoSession session;

  /** Whether another packet than a pong has already extended the time for the current answer. */
  private boolean extended;

  /** Whether reading from the client is suspended, so that its answers cannot arrive. */
  private boolean suspended;

  /**
   * Whether an answer is outstanding for a ping that was sent during a suspension, or whose answer
   * was outstanding when the suspension began.
   */
  private boolean owed;

  /** The time at which the last ping was due, or at which it was sent if that was much later. */
  private long pingedNanos;

  /** The timer for the next ping; null while {@link HeartbeatLines#pings} sees to the next ping. */
  private @Nullable Cancellable pingTimer;

  // The place in a doubly linked line. HeartbeatLines.Line maintains these fields.
  HeartbeatLines.@Nullable Line line;
  @Nullable Heartbeat before;
  @Nullable Heartbeat after;
  long dueNanos;

  Heartbeat(HeartbeatLines all, EngineIoSession session) {
    this.all = all;
    this.session = session;
  }

  void start() {
    all.pings.add(this, all.loop.nanoTime());
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

  /** A pong arrived. It may answer an earlier ping than the last. */
  void pong() {
    owed = false;
    leaveLine();
    if (pingTimer == null) {
      start();
    }
  }

  /** Reading from the client stops. Until it resumes, no answer is overdue, but pings go on. */
  void suspend() {
    suspended = true;
    if (awaitsAnswer()) {
      owed = true;
      leaveLine();
      if (pingTimer == null) {
        armPing();
      }
    }
  }

  /** Whether reading from the client is suspended, or was when the session ended. */
  boolean suspended() {
    return suspended;
  }

  /** Reading from the client resumes. An outstanding answer has the full time from now on. */
  void resume() {
    suspended = false;
    if (owed) {
      owed = false;
      extended = false;
      all.lateAnswers.add(this, all.loop.nanoTime());
    }
  }

  /**
   * While this heartbeat awaits an answer, a packet other than a pong arrived. It restarts the time
   * for the answer, but only once for each ping.
   */
  void heard() {
    if (!extended) {
      extended = true;
      leaveLine();
      all.lateAnswers.add(this, all.loop.nanoTime());
    }
  }

  /** Whether an answer is overdue. The timer may not have fired yet. */
  boolean expired() {
    return awaitsAnswer() && all.loop.nanoTime() - dueNanos >= 0;
  }

  /** The time of this heartbeat in a line has come. The line has removed it before. */
  void due(HeartbeatLines.Line waitedIn) {
    if (waitedIn == all.pings) {
      ping(dueNanos);
    } else {
      session.end(CloseReason.PING_TIMEOUT);
    }
  }

  private void ping(long dueNanos) {
    long now = all.loop.nanoTime();
    // The deadline counts from when the ping was due, even if the ping is sent a little late. But
    // if the loop was blocked for long, clients could not answer. They get at least half the time.
    boolean late = now - dueNanos >= all.timeoutNanos / 2;
    pingedNanos = late ? now : dueNanos;
    owed |= suspended;
    if (suspended || awaitsAnswer()) {
      armPing();
    } else {
      extended = false;
      (late ? all.lateAnswers : all.answers).add(this, pingedNanos);
    }
    session.writer().ping();
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

  /** Whether this heartbeat stands in a line for an answer. */
  boolean awaitsAnswer() {
    return line != null && line != all.pings;
  }
}
