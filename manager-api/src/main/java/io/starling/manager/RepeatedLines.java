package io.starling.manager;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Limits log lines of one kind, because one fault may cause thousands of them. The first line
 * starts a period of one minute. Within the period only some lines are written. At its end one more
 * line says how many were left out. Safe for any thread.
 */
final class RepeatedLines {
  static final Duration PERIOD = Duration.ofMinutes(1);
  private static final int MAX_DIFFERENT = 5;
  private static final int MAX_IN_ORDER = 10;

  private final String kind;
  private final boolean inOrder;
  private final Consumer<Runnable> afterPeriod;

  /** The lines that were written in the current period. Guarded by this. */
  private final List<String> written = new ArrayList<>();

  /** How many lines were left out in the current period. Guarded by this. */
  private long leftOut;

  /** The latest line that was left out in the current period. Guarded by this. */
  private @Nullable Line last;

  /** Whether a period is running. Guarded by this. */
  private boolean counting;

  private record Line(String text, Consumer<String> log) {
    void write() {
      log.accept(text);
    }
  }

  private RepeatedLines(String kind, boolean inOrder, Consumer<Runnable> afterPeriod) {
    this.kind = kind;
    this.inOrder = inOrder;
    this.afterPeriod = afterPeriod;
  }

  /**
   * Writes each distinct line once within a minute, and at most five distinct lines.
   *
   * @param kind what the lines report, in the plural, such as {@code failed attempts}
   * @param afterPeriod runs the given task one minute later
   */
  static RepeatedLines once(String kind, Consumer<Runnable> afterPeriod) {
    return new RepeatedLines(kind, false, afterPeriod);
  }

  /**
   * Writes the first ten lines within a minute, and at the end of the minute the last line. This
   * suits lines of which each makes the one before outdated, such as changes of state.
   *
   * @param kind what the lines report, in the plural
   * @param afterPeriod runs the given task one minute later
   */
  static RepeatedLines inOrder(String kind, Consumer<Runnable> afterPeriod) {
    return new RepeatedLines(kind, true, afterPeriod);
  }

  /** Runs a task one minute later, by a timer of the JVM. */
  static void afterPeriod(Runnable task) {
    CompletableFuture.delayedExecutor(PERIOD.toMillis(), TimeUnit.MILLISECONDS).execute(task);
  }

  /**
   * Writes the line, or counts it as left out.
   *
   * @param log writes a line. It also writes the closing line of the minute if this line is the
   *     last that was left out
   */
  void write(String text, Consumer<String> log) {
    Line line = new Line(text, log);
    boolean first;
    synchronized (this) {
      first = !counting;
      counting = true;
      if (isTooMuch(text)) {
        leftOut++;
        last = line;
        return;
      }
      written.add(text);
    }
    line.write();
    if (first) {
      afterPeriod.accept(this::endPeriod);
    }
  }

  private boolean isTooMuch(String text) {
    return inOrder
        ? written.size() >= MAX_IN_ORDER
        : written.size() >= MAX_DIFFERENT || written.contains(text);
  }

  private void endPeriod() {
    long count;
    Line end;
    synchronized (this) {
      count = leftOut;
      end = last;
      leftOut = 0;
      last = null;
      written.clear();
      counting = false;
    }
    if (end != null) {
      String summary = count + " more " + kind + " in the last " + PERIOD.toSeconds() + " s";
      end.log().accept(inOrder ? summary + ", the last: " + end.text() : summary);
    }
  }
}
