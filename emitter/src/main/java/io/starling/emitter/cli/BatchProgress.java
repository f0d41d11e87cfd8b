package io.starling.emitter.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * What a batch prints to stderr while it runs: messages, and how far it is. A terminal gets a bar
 * that is drawn again and again; a file gets a line each 10 s. Safe for any thread.
 */
final class BatchProgress {
  private static final Duration BETWEEN_BARS = Duration.ofMillis(200);
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  private static final String CLEAR_LINE = "\r\u001b[K";
  private static final int BAR_WIDTH = 10;

  private final PrintWriter err;
  private final Mode mode;
  private final BatchBroker broker;
  private final long totalBytes;
  private long fromNanos;
  private long fromBytes;
  private long nextNanos;
  private boolean barShown;

  /** How progress is shown. */
  enum Mode {
    /** A bar if stderr is a terminal, else lines. */
    AUTO,
    BAR,
    LINES,
    OFF
  }

  /**
   * @param broker tells whether the broker is away
   * @param totalBytes the size of the input, or 0 when it is not known
   */
  BatchProgress(PrintWriter err, Mode mode, BatchBroker broker, long totalBytes) {
    this.broker = broker;
    this.err = err;
    this.mode = mode == Mode.AUTO ? (isTerminal() ? Mode.BAR : Mode.LINES) : mode;
    this.totalBytes = totalBytes;
    this.fromNanos = System.nanoTime();
    this.nextNanos = fromNanos + between().toNanos();
  }

  /** Sending begins after so many bytes of the input, which count for no speed. */
  synchronized void begin(long skippedBytes) {
    fromNanos = System.nanoTime();
    fromBytes = skippedBytes;
  }

  /** Asks the system, because Java tells only whether stdin and stdout are both terminals. */
  private static boolean isTerminal() {
    try {
      Process test =
          new ProcessBuilder("test", "-t", "2")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      return test.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Duration between() {
    return mode == Mode.BAR ? BETWEEN_BARS : BETWEEN_LINES;
  }

  /** Prints a message in one line, above the bar if there is one. */
  synchronized void say(String message) {
    clear();
    err.println("emitter: " + JsonText.line(message));
    err.flush();
  }

  /** Prints news of the broker, and shows how far the batch is if it is time for that. */
  synchronized void show(BatchWindow.Counts counts, long doneBytes) {
    broker.news(counts.sent()).ifPresent(this::say);
    long now = System.nanoTime();
    if (mode == Mode.OFF || now - nextNanos < 0) {
      return;
    }
    nextNanos = now + between().toNanos();
    double seconds = (now - fromNanos) / 1e9;
    String text =
        String.format(
            Locale.ROOT,
            "%,d lines, %,.0f/s, %,d bad, %,d failed",
            counts.sent() + counts.bad(),
            (counts.sent() + counts.bad()) / seconds,
            counts.bad(),
            counts.failed());
    if (mode == Mode.BAR) {
      err.print(CLEAR_LINE + bar(doneBytes) + text + left(doneBytes, seconds));
      err.flush();
      barShown = true;
    } else {
      say(text + left(doneBytes, seconds));
    }
  }

  private String bar(long doneBytes) {
    if (totalBytes == 0) {
      return "";
    }
    int filled = (int) Math.min(BAR_WIDTH, BAR_WIDTH * doneBytes / totalBytes);
    return "[" + "#".repeat(filled) + " ".repeat(BAR_WIDTH - filled) + "] ";
  }

  /** The part that is done and the time that is left, when the size is known. */
  private String left(long doneBytes, double seconds) {
    if (totalBytes == 0 || doneBytes <= fromBytes) {
      return "";
    }
    double part = Math.min(1, (double) doneBytes / totalBytes);
    long leftBytes = Math.max(0, totalBytes - doneBytes);
    long left = Math.round(seconds * leftBytes / (doneBytes - fromBytes));
    return String.format(Locale.ROOT, ", %.0f%%, %d:%02d left", part * 100, left / 60, left % 60);
  }

  private void clear() {
    if (barShown) {
      err.print(CLEAR_LINE);
      barShown = false;
    }
  }
}
