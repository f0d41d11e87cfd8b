package io.starling.engineio;

import io.starling.engineio.SessionExecutor.Cancellable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a client that is being disconnected is waited for: closeTimeout, which starts anew
 * whenever the client has taken a byte. Confined to the session's loop.
 */
final class CloseDeadline {
  /** How often within the timeout the transport is asked for its progress. */
  private static final int CHECKS = 10;

  private final EngineIoSession session;
  private final Duration timeout;
  private @Nullable Cancellable timer;
  private boolean cancelled;

  /** The progress that the transport told last, and since when it has told the same. */
  private long progress;

  private long sinceNanos;

  CloseDeadline(EngineIoSession session, Duration timeout) {
    this.session = session;
    this.timeout = timeout;
  }

  void start() {
    sinceNanos = session.loop().nanoTime();
    session.transport().progress(now -> progress = now);
    schedule(timeout);
  }

  void cancel() {
    cancelled = true;
    if (timer != null) {
      timer.cancel();
    }
  }

  private void schedule(Duration left) {
    Duration interval = timeout.dividedBy(CHECKS);
    timer =
        session
            .loop()
            .schedule(
                left.compareTo(interval) < 0 ? left : interval,
                () -> session.transport().progress(this::check));
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
      schedule(left);
    }
  }
}
