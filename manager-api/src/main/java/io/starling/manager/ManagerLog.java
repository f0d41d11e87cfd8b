package io.starling.manager;

import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Writes to SLF4J what happens between a manager or emitter and its broker. */
final class ManagerLog implements ManagerListener {
  private final Logger log;
  private final String subject;
  private final LongSupplier nanoTime;
  private final RepeatedLines attempts;
  private final RepeatedLines rejected;
  private final RepeatedLines skipped;
  private final RepeatedLines gaps;
  private final RepeatedLines failed;

  /** A manager that cannot start says so itself. */
  private volatile boolean started;

  /** When the manager was UP for the last time; owned by the publisher thread. */
  private @Nullable Long downSinceNanos;

  /**
   * Writes what happens from now on.
   *
   * @param subject what the lines call the manager
   * @param nanoTime the clock that outages are measured by
   */
  ManagerLog(Logger log, String subject, LongSupplier nanoTime) {
    this.log = log;
    this.subject = subject;
    this.nanoTime = nanoTime;
    this.attempts = new RepeatedLines("failed attempts", log::warn);
    this.rejected = new RepeatedLines("dropped frames", log::warn);
    this.skipped = new RepeatedLines("skipped messages", log::warn);
    this.gaps = new RepeatedLines("reports of lost messages", log::warn);
    this.failed = new RepeatedLines("failures to publish", log::warn);
  }

  @Override
  public void stateChanged(BackendState state, @Nullable Throwable cause) {
    switch (state) {
      case DOWN, DEGRADED -> {
        if (downSinceNanos == null) {
          downSinceNanos = nanoTime.getAsLong();
        }
        log.warn("{} is {}: {}", subject, state, cause == null ? "connecting" : reason(cause));
      }
      case UP -> {
        Long since = downSinceNanos;
        if (since == null) {
          log.debug("{} is UP", subject);
        } else {
          Duration length = Duration.ofNanos(nanoTime.getAsLong() - since);
          log.info("{} is UP again after {} s", subject, seconds(length));
        }
        started = true;
        downSinceNanos = null;
      }
      default -> log.debug("{} is {}", subject, state);
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
    attempts.write("broker: " + reason(cause));
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
    rejected.write("frame on " + channel + " dropped: " + reason);
  }

  @Override
  public void messageSkipped(HostId origin, String reason) {
    skipped.write("message of " + origin + " skipped: " + reason);
  }

  @Override
  public void repaired(HostId origin, long from, long to) {
    log.debug("messages {} to {} of {} are repaired", from, to, origin);
  }

  @Override
  public void gap(HostId origin, long from, long to) {
    gaps.write("messages " + from + " to " + to + " of " + origin + " are lost");
  }

  @Override
  public void publishFailed(Throwable cause) {
    if (started) {
      failed.write("operation not published: " + reason(cause));
    }
  }

  @Override
  public void operationsRefused(long count) {
    log.warn("{} operations refused: the outbox is full (expected: the broker keeps up)", count);
  }

  private static String seconds(Duration length) {
    return String.format(Locale.ROOT, "%.1f", length.toMillis() / 1_000.0);
  }

  /** The message of a failure, and that of its root where the first does not tell it. */
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
