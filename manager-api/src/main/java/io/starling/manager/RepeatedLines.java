package io.starling.manager;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Log lines of one kind, of which a fault may cause thousands. Within a minute only some are
 * written; then one line says how many were left out. Safe for any thread.
 */
final class RepeatedLines {
  static final Duration PERIOD = Duration.ofMinutes(1);
  private static final int MAX_DIFFERENT = 5;
  private static final int MAX_IN_ORDER = 10;

  private final String kind;
  private final boolean inOrder;
  private final Consumer<Runnable> afterPeriod;

  /** What was written since the period began. Guarded by this. */
  private final List<String> written = new ArrayList<>();

  private long leftOut;
  private @Nullable Line last;
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
   * Lines of which each different one is written once within a minute, and at most five.
   *
   * @param kind what the lines tell of, in the plural
   * @param afterPeriod runs a task when a minute is over
   */
  static RepeatedLines once(String kind, Consumer<Runnable> afterPeriod) {
    return new RepeatedLines(kind, false, afterPeriod);
  }

  /**
   * Lines of which each goes beyond the one before. The first ten within a minute are written, and
   * at its end the last one.
   */
  static RepeatedLines inOrder(String kind, Consumer<Runnable> afterPeriod) {
    return new RepeatedLines(kind, true, afterPeriod);
  }

  /** A timer of the JVM's. */
  static void afterPeriod(Runnable task) {
    CompletableFuture.delayedExecutor(PERIOD.toMillis(), TimeUnit.MILLISECONDS).execute(task);
  }

  /**
   * Writes the line, or counts it.
   *
   * @param log where to; also the count, if the line is the last of its minute
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
