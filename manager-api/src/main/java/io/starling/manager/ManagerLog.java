package io.starling.manager;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Logs the events of a manager or emitter to SLF4J. Events come on several threads: {@link
 * ManagerListener} says which.
 */
final class ManagerLog implements ManagerListener {
  private final Logger log;
  private final String subject;
  private final LongSupplier nanoTime;
  private final RepeatedLines states;
  private final RepeatedLines attempts;
  private final RepeatedLines rejected;
  private final RepeatedLines skipped;
  private final RepeatedLines gaps;
  private final RepeatedLines failed;

  /**
   * Whether the manager has been UP. Before that no failed operation is logged, because a failed
   * start is reported by the stage of {@code start}. The publisher thread writes this field.
   */
  private volatile boolean started;

  /**
   * When the current outage began: the manager left the state UP, or its first attempt to connect
   * failed. In nanoseconds of {@code nanoTime}; null while the manager is UP. The publisher thread
   * and threads of the broker client write this field.
   */
  private volatile @Nullable Long downSinceNanos;

  /**
   * Creates a listener that logs.
   *
   * @param subject the name of the manager in the lines
   * @param nanoTime the clock that measures how long an outage lasts
   * @param afterPeriod runs the given task one minute later
   */
  ManagerLog(Logger log, String subject, LongSupplier nanoTime, Consumer<Runnable> afterPeriod) {
    this.log = log;
    this.subject = subject;
    this.nanoTime = nanoTime;
    this.states = RepeatedLines.inOrder("changes of state", afterPeriod);
    this.attempts = RepeatedLines.once("failed attempts", afterPeriod);
    this.rejected = RepeatedLines.once("dropped frames", afterPeriod);
    this.skipped = RepeatedLines.once("skipped messages", afterPeriod);
    this.gaps = RepeatedLines.once("reports of lost messages", afterPeriod);
    this.failed = RepeatedLines.once("failures to publish", afterPeriod);
  }

  @Override
  public void stateChanged(BackendState state, @Nullable Throwable cause) {
    switch (state) {
      case DOWN, DEGRADED -> {
        downSince();
        String why = cause == null ? "connecting" : reason(cause);
        states.write(subject + " is " + state + ": " + why, log::warn);
      }
      case UP -> {
        Long since = downSinceNanos;
        if (since == null) {
          log.debug("{} is UP", subject);
        } else {
          String length = seconds(Duration.ofNanos(nanoTime.getAsLong() - since));
          String after = started ? " is UP again after " : " is UP after ";
          states.write(subject + after + length + " s", log::info);
        }
        started = true;
        downSinceNanos = null;
      }
      default -> log.debug("{} is {}", subject, state);
    }
  }

  private void downSince() {
    if (downSinceNanos == null) {
      downSinceNanos = nanoTime.getAsLong();
    }
  }

  @Override
  public void outageOver(Outage outage) {
    log.info(
        "{} is UP, an outage of {} s is over: {} messages of others repaired, {} lost;"
            + " {} own operations failed, {} refused",
        subject,
        seconds(outage.length()),
        outage.repaired(),
        outage.lost(),
        outage.failed(),
        outage.refused());
  }

  @Override
  public void connectFailed(Throwable cause) {
    if (!started) {
      downSince();
    }
    attempts.write("broker: " + reason(cause), log::warn);
  }

  @Override
  public void hostJoined(HostId host) {
    log.info("host {} joined", host);
  }

  @Override
  public void hostLeft(HostId host) {
    log.info("host {} left", host);
  }

  @Override
  public void frameRejected(String channel, String reason) {
    rejected.write("frame on " + channel + " dropped: " + reason, log::warn);
  }

  @Override
  public void messageSkipped(HostId origin, String reason) {
    skipped.write("message of " + origin + " skipped: " + reason, log::warn);
  }

  @Override
  public void repaired(HostId origin, long from, long to) {
    log.debug("messages {} to {} of {} are repaired", from, to, origin);
  }

  @Override
  public void gap(HostId origin, long from, long to) {
    gaps.write("messages " + from + " to " + to + " of " + origin + " are lost", log::warn);
  }

  @Override
  public void publishFailed(Throwable cause) {
    if (started) {
      failed.write("operation not published: " + reason(cause), log::warn);
    }
  }

  @Override
  public void operationsRefused(long count) {
    log.warn("{} operations refused: the outbox is full (expected: the broker keeps up)", count);
  }

  @Override
  public void operationsUnreceived(long count) {
    log.warn("{} operations received by no host (expected: one that is running)", count);
  }

  private static String seconds(Duration length) {
    return String.format(Locale.ROOT, "%.1f", length.toMillis() / 1_000.0);
  }

  /** Returns the message of a failure, followed by that of its root cause unless it repeats it. */
  private static String reason(Throwable cause) {
    Throwable root = cause;
    for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
      root = root.getCause();
    }
    String told = told(cause);
    return root == cause || told.contains(told(root)) ? told : told + ": " + told(root);
  }

  private static String told(Throwable cause) {
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
