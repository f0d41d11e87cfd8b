package io.starling.socketio.internal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Warns of slow handlers. This class knows the connections from which the server does not read
 * because their events wait for handlers. While there are such connections, it logs a warning at
 * most once a minute. The warning names the event whose handler has run longest. Safe for any
 * thread.
 */
final class SlowHandlers {
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  /**
   * The delay of a warning when no handler of these connections runs at the moment. If none runs
   * after the delay either, the warning names no handler.
   */
  private static final Duration SECOND_LOOK = Duration.ofSeconds(1);

  private final Logger log;
  private final Deadlines deadlines;
  private final LongSupplier nanoTime;

  /** The connections that are not read from, and their sockets. */
  private final Map<Connection, List<DefaultSocket>> stopped = new ConcurrentHashMap<>();

  // The lock of this object guards these fields: whether a call of warn() is scheduled, whether a
  // warning was written before, whether the last call of warn() found no running handler, and when
  // the last warning was written.
  private boolean waiting;
  private boolean warned;
  private boolean lookedOnce;
  private long warnedNanos;

  SlowHandlers(Logger log, Deadlines deadlines, LongSupplier nanoTime) {
    this.log = log;
    this.deadlines = deadlines;
    this.nanoTime = nanoTime;
  }

  void stopped(Connection connection, List<DefaultSocket> sockets) {
    stopped.put(connection, sockets);
    warnWhenDue();
  }

  void resumed(Connection connection) {
    stopped.remove(connection);
  }

  private void warnWhenDue() {
    Duration delay;
    synchronized (this) {
      if (waiting) {
        return;
      }
      waiting = true;
      long leftNanos = warnedNanos + INTERVAL.toNanos() - nanoTime.getAsLong();
      delay = Duration.ofNanos(warned ? Math.max(0, leftNanos) : 0);
    }
    deadlines.after(delay, this::warn);
  }

  private void warn() {
    ReceivedEvent longest = longest();
    synchronized (this) {
      waiting = false;
      if (stopped.isEmpty()) {
        lookedOnce = false;
        return;
      } else if (longest == null && !lookedOnce) {
        lookedOnce = true;
        waiting = true;
        deadlines.after(SECOND_LOOK, this::warn);
        return;
      }
      lookedOnce = false;
      warned = true;
      warnedNanos = nanoTime.getAsLong();
    }
    try {
      write(longest);
    } finally {
      warnWhenDue();
    }
  }

  private void write(@Nullable ReceivedEvent longest) {
    if (longest == null) {
      log.warn(
          "connections not read from while their events wait for handlers: {}; none of these"
              + " handlers runs",
          stopped.size());
    } else {
      log.warn(
          "connections not read from while their events wait for handlers: {}; the handler that"
              + " has run longest, for {} ms, is that of {} in {}",
          stopped.size(),
          Duration.ofNanos(nanoTime.getAsLong() - longest.startNanos()).toMillis(),
          new EventLog.Shown(longest.name()),
          new EventLog.Shown(longest.namespace()));
    }
  }

  private @Nullable ReceivedEvent longest() {
    ReceivedEvent longest = null;
    for (List<DefaultSocket> sockets : stopped.values()) {
      for (DefaultSocket each : sockets) {
        ReceivedEvent running = each.running();
        if (running != null
            && (longest == null || running.startNanos() - longest.startNanos() < 0)) {
          longest = running;
        }
      }
    }
    return longest;
  }
}
