package io.starling.manager;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Log lines of one kind, of which a fault may cause thousands. Within a minute each different line
 * is written once, and at most five of them; then one line says how many were left out. Safe for
 * any thread.
 */
final class RepeatedLines {
  static final Duration PERIOD = Duration.ofMinutes(1);
  private static final int MAX_DIFFERENT = 5;

  private final String kind;
  private final Consumer<String> log;
  private final Consumer<Runnable> afterPeriod;

  /** What was written since the period began. Guarded by this. */
  private final Set<String> written = new HashSet<>();

  private long leftOut;
  private boolean counting;

  /**
   * Writes lines of one kind.
   *
   * @param kind what the lines tell of, in the plural
   */
  RepeatedLines(String kind, Consumer<String> log) {
    this(
        kind,
        log,
        CompletableFuture.delayedExecutor(PERIOD.toMillis(), TimeUnit.MILLISECONDS)::execute);
  }

  /** With a timer of the caller's, which runs a task when the period is over. */
  RepeatedLines(String kind, Consumer<String> log, Consumer<Runnable> afterPeriod) {
    this.kind = kind;
    this.log = log;
    this.afterPeriod = afterPeriod;
  }

  /** Writes the line, or counts it. */
  void write(String line) {
    boolean first;
    synchronized (this) {
      first = !counting;
      counting = true;
      if (written.size() >= MAX_DIFFERENT || !written.add(line)) {
        leftOut++;
        return;
      }
    }
    log.accept(line);
    if (first) {
      afterPeriod.accept(this::endPeriod);
    }
  }

  private void endPeriod() {
    long count;
    synchronized (this) {
      count = leftOut;
      leftOut = 0;
      written.clear();
      counting = false;
    }
    if (count > 0) {
      log.accept(count + " more " + kind + " in the last " + PERIOD.toSeconds() + " s");
    }
  }
}
