package io.starling.emitter.cli;

import io.starling.manager.Accepted;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a batch that were read and are not done yet, in the order of the input, and the
 * counts of those that are done. A line is done when the broker has confirmed it, or when it is
 * bad. The lock guards all fields. Safe for any thread.
 */
final class BatchWindow {
  /**
   * The most lines between the last durable line and the last line sent. After the process was
   * killed, a resume sends at most this many lines twice.
   */
  static final int LINES = 10_000;

  /** After this many lines the place is saved. */
  private static final int OFTEN = LINES / 4;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<InFlight> lines = new ArrayDeque<>();

  private Place confirmed;
  private long durableLine;
  private long inFlight;
  private long lastProgressNanos = System.nanoTime();
  private boolean stopped;

  /** Whether a line is between {@link #awaitTurn} and the end of its turn. */
  private boolean turn;

  /** The last line that had a turn. */
  private long sentUpTo;

  private long sent;
  private long bad;
  private long unreceived;
  private long untold;
  private long notSent;
  private long unknown;
  private long firstFailed;
  private long lastUnknown;
  private @Nullable Throwable failure;

  /** A place in the input, and the number of the last message up to there. */
  record Place(BatchInput.Position position, long number) {}

  /** One line, and the place behind it. */
  private static final class InFlight {
    private final Place after;
    private boolean done;

    InFlight(Place after, boolean done) {
      this.after = after;
      this.done = done;
    }
  }

  /**
   * The counts at one moment. A line is counted in one of sent, bad, notSent, unknown and inFlight.
   *
   * @param unreceived how many of the sent lines no server received, as far as the broker tells
   * @param untold of how many of the sent lines the broker does not tell that
   * @param firstFailed the first line that failed, 0 if none did
   * @param lastUnknown the last line that may have been sent or not, 0 without any
   */
  record Counts(
      long sent,
      long bad,
      long unreceived,
      long untold,
      long notSent,
      long unknown,
      long inFlight,
      long firstFailed,
      long lastUnknown) {
    long read() {
      return sent + bad + notSent + unknown + inFlight;
    }

    long failed() {
      return notSent + unknown;
    }
  }

  BatchWindow(Place from) {
    confirmed = from;
    durableLine = from.position().line();
    sentUpTo = durableLine;
  }

  /**
   * Waits until a line may be sent, and begins the turn of this line. The turn ends by {@link
   * #sent}, {@link #bad} or {@link #endTurn}.
   *
   * @return false if no line may be sent any more; then no turn begins
   */
  boolean awaitTurn(long line) {
    lock.lock();
    try {
      while (!stopped && line - durableLine > LINES && !(lines.isEmpty() && isSaved())) {
        changed.awaitUninterruptibly();
      }
      turn = !stopped;
      sentUpTo = turn ? line : sentUpTo;
      return turn;
    } finally {
      lock.unlock();
    }
  }

  private boolean isSaved() {
    return durableLine == confirmed.position().line();
  }

  /** Ends the turn of a line that was neither sent nor is bad. No effect if no turn is on. */
  void endTurn() {
    lock.lock();
    try {
      turnOver();
    } finally {
      lock.unlock();
    }
  }

  private void turnOver() {
    turn = false;
    if (stopped) {
      changed.signalAll();
    }
  }

  /** The line of this turn is bad: it takes its place among the others and is done at once. */
  void bad(Place after) {
    lock.lock();
    try {
      turnOver();
      bad++;
      lines.add(new InFlight(after, true));
      advance();
    } finally {
      lock.unlock();
    }
  }

  /** The line of this turn was handed to the publisher, whose answer is to come. */
  void sent(Place after, CompletionStage<Accepted> answer) {
    InFlight line = new InFlight(after, false);
    lock.lock();
    try {
      turnOver();
      if (inFlight == 0) {
        lastProgressNanos = System.nanoTime();
      }
      inFlight++;
      lines.add(line);
    } finally {
      lock.unlock();
    }
    answer.whenComplete((accepted, thrown) -> answered(line, accepted, cause(thrown)));
  }

  /** A copy of a stage wraps the failure of the stage. */
  static @Nullable Throwable cause(@Nullable Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  private void answered(InFlight line, @Nullable Accepted accepted, @Nullable Throwable thrown) {
    lock.lock();
    try {
      inFlight--;
      if (accepted == null) {
        failed(line, thrown);
      } else {
        sent++;
        unreceived += accepted.receivers() == 0 ? 1 : 0;
        untold += accepted.receivers() == Accepted.UNKNOWN ? 1 : 0;
        lastProgressNanos = System.nanoTime();
        line.done = true;
        advance();
      }
      if (inFlight == 0) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void failed(InFlight line, @Nullable Throwable thrown) {
    boolean mayBeSent =
        !(thrown instanceof BackendUnavailableException e) || e.outcome() == Outcome.UNKNOWN;
    long number = line.after.position().line();
    if (mayBeSent) {
      unknown++;
      lastUnknown = Math.max(lastUnknown, number);
    } else {
      notSent++;
    }
    firstFailed = firstFailed == 0 ? number : Math.min(firstFailed, number);
    failure = failure == null ? thrown : failure;
    stopped = true;
    changed.signalAll();
  }

  private void advance() {
    boolean moved = false;
    for (InFlight head = lines.peek(); head != null && head.done; head = lines.peek()) {
      confirmed = head.after;
      lines.remove();
      moved = true;
    }
    if (moved && confirmed.position().line() - durableLine >= OFTEN) {
      changed.signalAll();
    }
  }

  /** Waits until much was confirmed since the last save, or no line may be sent any more. */
  void awaitProgress(Duration atMost) throws InterruptedException {
    lock.lock();
    try {
      long nanos = atMost.toNanos();
      while (nanos > 0 && confirmed.position().line() - durableLine < OFTEN) {
        nanos = changed.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nothing is in flight. Returns whether that is so. */
  boolean awaitEmpty(Duration atMost) throws InterruptedException {
    lock.lock();
    try {
      long nanos = atMost.toNanos();
      while (nanos > 0 && inFlight > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return inFlight == 0;
    } finally {
      lock.unlock();
    }
  }

  /** No further line may be sent. Waits until the turn of the present line is over. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
      changed.signalAll();
      while (turn) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The last place up to which every line is done. */
  Place confirmed() {
    lock.lock();
    try {
      return confirmed;
    } finally {
      lock.unlock();
    }
  }

  /** The last line that was sent or is being sent. Exact once {@link #stop} has returned. */
  long sentUpTo() {
    lock.lock();
    try {
      return sentUpTo;
    } finally {
      lock.unlock();
    }
  }

  /** Why the first line failed; null if none did. */
  @Nullable Throwable failure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }

  /** The lines up to this one need never be sent again. */
  void durable(long line) {
    lock.lock();
    try {
      durableLine = line;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How long the broker has confirmed nothing although something waits for that. */
  Duration silence() {
    lock.lock();
    try {
      return inFlight == 0
          ? Duration.ZERO
          : Duration.ofNanos(System.nanoTime() - lastProgressNanos);
    } finally {
      lock.unlock();
    }
  }

  Counts counts() {
    lock.lock();
    try {
      return new Counts(
          sent, bad, unreceived, untold, notSent, unknown, inFlight, firstFailed, lastUnknown);
    } finally {
      lock.unlock();
    }
  }
}
