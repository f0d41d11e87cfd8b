package io.starling.socketio.netty;

import io.starling.engineio.SessionExecutor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection that takes too long with a request. One timer serves any number of requests:
 * it is moved when it fires, not when a request arrives. Confined to the event loop.
 */
final class RequestDeadline {
  private final SessionExecutor loop;
  private final Duration limit;
  private final Runnable expired;

  private SessionExecutor.@Nullable Cancellable timer;
  private boolean armed;
  private long dueNanos;

  RequestDeadline(SessionExecutor loop, Duration limit, Runnable expired) {
    this.loop = loop;
    this.limit = limit;
    this.expired = expired;
  }

  /** The client has the full time from now on. */
  void arm() {
    armed = true;
    dueNanos = loop.nanoTime() + limit.toNanos();
    if (timer == null) {
      timer = loop.schedule(limit, this::fire);
    }
  }

  /** It is the server's turn. */
  void disarm() {
    armed = false;
  }

  void cancel() {
    armed = false;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void fire() {
    timer = null;
    if (!armed) {
      return;
    }
    long leftNanos = dueNanos - loop.nanoTime();
    if (leftNanos > 0) {
      timer = loop.schedule(Duration.ofNanos(leftNanos), this::fire);
    } else {
      expired.run();
    }
  }
}
