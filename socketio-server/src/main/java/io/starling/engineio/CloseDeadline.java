package io.starling.engineio;

import io.starling.engineio.SessionExecutor.Cancellable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends a session in state CLOSING whose client has taken no byte for {@link
 * EngineIoConfig#closeTimeout}. Each byte that the client takes starts the time anew. Only the
 * session's event loop uses this object.
 */
final class CloseDeadline {
  /** The number of times within the timeout that the transport is asked for its progress. */
  private static final int CHECKS = 10;

  private final EngineIoSession session;
  private final Duration timeout;
  private @Nullable Cancellable timer;
  private boolean cancelled;

  /** The last answer of {@link EngineIoTransport#progress}; −1 before the first. */
  private long progress = -1;

  /** The time at which {@link #progress} last changed. */
  private long sinceNanos;

  CloseDeadline(EngineIoSession session, Duration timeout) {
    this.session = session;
    this.timeout = timeout;
  }

  void cancel() {
    cancelled = true;
    if (timer != null) {
      timer.cancel();
    }
  }

  /** Asks the transport for its progress, now and again until the deadline. */
  void check() {
    session.transport().progress(this::check);
  }

  private void check(long now) {
    if (cancelled) {
      return;
    }
    long nowNanos = session.loop().nanoTime();
    if (now != progress) {
      progress = now;
      sinceNanos = nowNanos;
    }
    Duration left = timeout.minusNanos(nowNanos - sinceNanos);
    if (left.isNegative() || left.isZero()) {
      session.giveUp();
    } else {
      Duration interval = timeout.dividedBy(CHECKS);
      timer = session.loop().schedule(left.compareTo(interval) < 0 ? left : interval, this::check);
    }
  }
}
