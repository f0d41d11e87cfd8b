package io.starling.emitter.cli;

import io.starling.manager.Accepted;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a batch that were read and are not done yet, in the order of the input, and the
 * counts of those that are done. A line is done when the broker has confirmed it, or when it is
 * bad. The lock of this object guards all fields. Safe for any thread.
 */
final class BatchWindow {
  /**
   * The most lines between the last durable line and the last line sent. After the process was
   * killed, a resume sends at most this many lines twice.
   */
  static final int LINES = 10_000;

  /** After this many lines the place is saved. */
  private static final int OFTEN = LINES / 4;

  /** Between two calls of {@link #silence} this much passes only if the process was stopped. */
  private static final Duration STOPPED = Duration.ofSeconds(5);

  private final Queue<InFlight> lines = new ArrayDeque<>();
  private final LongSupplier nanos;

  private final boolean tellsNobodyOnly;

  private Place confirmed;
  private long durableLine;
  private long inFlight;
  private long lastProgressNanos;

  /** When {@link #silence} was called last. */
  private long lastAskedNanos;

  private boolean stopped;

  /** Whether a line is between {@link #awaitTurn} and the end of its turn. */
  private boolean turn;

  /** The last line that had a turn. */
  private long sentUpTo;

  /** The last line that had a turn before {@link #sentUpTo}. */
  private long sentBefore;

  private long sent;
  private long bad;
  private long unreceived;
  private long untold;
  private long notSent;
  private long unknown;
  private long lastUnknown;

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
      long lastUnknown) {
    long read() {
      return sent + bad + notSent + unknown + inFlight;
    }

    long failed() {
      return notSent + unknown;
    }
  }

  /**
   * Makes a window without lines.
   *
   * @param tellsNobodyOnly whether the broker reports no receivers, except that there is none; then
   *     a line without a number of receivers was received
   * @param nanos a clock as {@link System#nanoTime}
   */
  BatchWindow(Place from, boolean tellsNobodyOnly, LongSupplier nanos) {
    this.tellsNobodyOnly = tellsNobodyOnly;
    this.nanos = nanos;
    lastProgressNanos = nanos.getAsLong();
    lastAskedNanos = lastProgressNanos;
    confirmed = from;
    durableLine = from.position().line();
    sentUpTo = durableLine;
  }

  /**
   * Waits until a line may be sent, and begins the turn of this line. The turn ends by {@link
   * #sent}, {@link #bad}, {@link #badAtEnd} or {@link #endTurn}.
   *
   * @return false if no line may be sent any more; then no turn begins
   */
  synchronized boolean awaitTurn(long line) throws InterruptedException {
    while (!stopped && line - durableLine > LINES && !(lines.isEmpty() && isSaved())) {
      wait();
    }
    turn = !stopped;
    if (turn) {
      sentBefore = sentUpTo;
      sentUpTo = line;
    }
    return turn;
  }

  private boolean isSaved() {
    return durableLine == confirmed.position().line();
  }

  /** Ends the turn of a line that was neither sent nor is bad. No effect if no turn is on. */
  synchronized void endTurn() {
    turnOver();
  }

  private void turnOver() {
    turn = false;
    if (stopped) {
      notifyAll();
    }
  }

  /** The line of this turn is bad: it takes its place among the others and is done at once. */
  synchronized void bad(Place after) {
    turnOver();
    bad++;
    lines.add(new InFlight(after, true));
    advance();
  }

  /**
   * The line of this turn is bad and ends the batch. The batch keeps its place in front of this
   * line, so that a resume begins with the line once it is repaired.
   */
  synchronized void badAtEnd() {
    turnOver();
    bad++;
    sentUpTo = sentBefore;
  }

  /** The line of this turn was handed to the publisher, whose answer is to come. */
  void sent(Place after, CompletionStage<Accepted> answer) {
    InFlight line = new InFlight(after, false);
    synchronized (this) {
      turnOver();
      if (inFlight == 0) {
        lastProgressNanos = nanos.getAsLong();
      }
      inFlight++;
      lines.add(line);
    }
    answer.whenComplete((accepted, thrown) -> answered(line, accepted, cause(thrown)));
  }

  /** A copy of a stage wraps the failure of the stage. */
  static @Nullable Throwable cause(@Nullable Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  private synchronized void answered(
      InFlight line, @Nullable Accepted accepted, @Nullable Throwable thrown) {
    inFlight--;
    if (accepted == null) {
      failed(line, thrown);
    } else {
      sent++;
      unreceived += accepted.receivers() == 0 ? 1 : 0;
      untold += !tellsNobodyOnly && accepted.receivers() == Accepted.UNKNOWN ? 1 : 0;
      lastProgressNanos = nanos.getAsLong();
      line.done = true;
      advance();
    }
    if (inFlight == 0) {
      notifyAll();
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
    refuse();
  }

  private void advance() {
    boolean moved = false;
    for (InFlight head = lines.peek(); head != null && head.done; head = lines.peek()) {
      confirmed = head.after;
      lines.remove();
      moved = true;
    }
    if (moved && confirmed.position().line() - durableLine >= OFTEN) {
      notifyAll();
    }
  }

  /** Waits until much was confirmed since the last save, or so much time has passed. */
  void awaitProgress(Duration atMost) throws InterruptedException {
    await(() -> confirmed.position().line() - durableLine >= OFTEN, atMost);
  }

  /** Waits until nothing is in flight, or so much time has passed. Returns which of the two. */
  boolean awaitEmpty(Duration atMost) throws InterruptedException {
    return await(() -> inFlight == 0, atMost);
  }

  private synchronized boolean await(BooleanSupplier reached, Duration atMost)
      throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    for (long millis = atMost.toMillis();
        millis > 0 && !reached.getAsBoolean();
        millis = Duration.ofNanos(end - System.nanoTime()).toMillis()) {
      wait(millis);
    }
    return reached.getAsBoolean();
  }

  /** No further line may be sent. */
  synchronized void refuse() {
    stopped = true;
    notifyAll();
  }

  /** No further line may be sent. Waits until the turn of the present line is over. */
  synchronized void stop() throws InterruptedException {
    refuse();
    while (turn) {
      wait();
    }
  }

  /** The last place up to which every line is done. */
  synchronized Place confirmed() {
    return confirmed;
  }

  /** The last line that was sent or is being sent. Exact once {@link #stop} has returned. */
  synchronized long sentUpTo() {
    return sentUpTo;
  }

  /** The lines up to this one need never be sent again. */
  synchronized void durable(long line) {
    durableLine = line;
    notifyAll();
  }

  /**
   * How long the broker has confirmed nothing although something waits for that. Call this every
   * second at least: when the process was stopped and goes on, the silence begins anew, because
   * what the broker said meanwhile was not heard yet.
   */
  synchronized Duration silence() {
    long now = nanos.getAsLong();
    if (now - lastAskedNanos > STOPPED.toNanos()) {
      lastProgressNanos = now;
    }
    lastAskedNanos = now;
    return inFlight == 0 ? Duration.ZERO : Duration.ofNanos(now - lastProgressNanos);
  }

  synchronized Counts counts() {
    return new Counts(sent, bad, unreceived, untold, notSent, unknown, inFlight, lastUnknown);
  }
}
