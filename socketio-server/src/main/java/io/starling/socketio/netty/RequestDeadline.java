package io.starling.socketio.netty;

import io.starling.engineio.SessionExecutor;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection that takes too long with a request, but for one that still takes in what was
 * sent to it before. One timer serves any number of requests: it is moved when it fires, not when a
 * request arrives. Confined to the event loop.
 */
final class RequestDeadline {
  private final SessionExecutor loop;
  private final Duration limit;
  private final LongSupplier unsent;
  private final Runnable expired;

  private SessionExecutor.@Nullable Cancellable timer;
  private boolean armed;
  private long dueNanos;

  /** How much was on its way to the client when the time was last up; none when it was not. */
  private long unsentBytes;

  /**
   * A deadline that is not armed.
   *
   * @param unsent how much is on its way to the client
   */
  RequestDeadline(SessionExecutor loop, Duration limit, LongSupplier unsent, Runnable expired) {
    this.loop = loop;
    this.limit = limit;
    this.unsent = unsent;
    this.expired = expired;
  }

  /** The client has the full time from now on. */
  void arm() {
    armed = true;
    unsentBytes = 0;
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
    } else if (reading()) {
      timer = loop.schedule(limit, this::fire);
    } else {
      expired.run();
    }
  }

  private boolean reading() {
    long before = unsentBytes;
    unsentBytes = unsent.getAsLong();
    return unsentBytes > 0 && unsentBytes != before;
  }
}
