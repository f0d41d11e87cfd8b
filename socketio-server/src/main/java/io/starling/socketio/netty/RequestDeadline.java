package io.starling.socketio.netty;

import io.starling.engineio.SessionExecutor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection that takes too long with a request, or sends none for too long, but for one
 * that still takes in what was sent to it before. One timer serves any number of requests: it is
 * moved when it fires, not when a request arrives. Confined to the event loop.
 */
final class RequestDeadline implements Runnable {
  private static final Duration MAX_TIMER = Duration.ofSeconds(5);

  private final SessionExecutor loop;
  private final Duration limit;
  private final Duration idleLimit;

  /** Never later than what may be due next, and soon enough to see a response being read. */
  private final long maxTimerNanos;

  private final Client client;

  private SessionExecutor.@Nullable Cancellable timer;
  private boolean armed;
  private boolean idle;
  private long dueNanos;

  /** How much was on its way to the client when the timer last fired. */
  private long unsentBytes;

  /**
   * A deadline that is not armed.
   *
   * @param idleLimit between a response that was read and the next request
   */
  RequestDeadline(SessionExecutor loop, Duration limit, Duration idleLimit, Client client) {
    this.loop = loop;
    this.limit = limit;
    this.idleLimit = idleLimit;
    this.maxTimerNanos =
        Math.min(MAX_TIMER.toNanos(), Math.min(limit.toNanos(), idleLimit.toNanos()));
    this.client = client;
  }

  /** The client has the full time from now on. */
  void arm() {
    idle = false;
    begin(limit);
  }

  /** The client was sent its response: it may be idle, once it has read that. */
  void idle() {
    idle = true;
    begin(idleLimit);
  }

  /** Bytes of a request arrived: an idle client has the full time for the rest. */
  void arriving() {
    if (idle) {
      arm();
    }
  }

  private void begin(Duration left) {
    armed = true;
    unsentBytes = 0;
    due(left);
    if (timer == null) {
      schedule(left.toNanos());
    }
  }

  private void due(Duration left) {
    dueNanos = loop.nanoTime() + left.toNanos();
  }

  private void schedule(long leftNanos) {
    timer = loop.schedule(Duration.ofNanos(Math.min(leftNanos, maxTimerNanos)), this);
  }

  /** It is the server's turn. */
  void disarm() {
    armed = false;
    idle = false;
  }

  void cancel() {
    armed = false;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /** The timer fires. */
  @Override
  public void run() {
    timer = null;
    if (!armed) {
      return;
    }
    long before = unsentBytes;
    unsentBytes = client.unsent();
    if (unsentBytes > 0 && unsentBytes != before) {
      due(limit);
    } else if (idle && unsentBytes == 0 && before > 0) {
      due(idleLimit);
    }
    long leftNanos = dueNanos - loop.nanoTime();
    if (leftNanos > 0) {
      schedule(leftNanos);
    } else {
      client.expired();
    }
  }

  /** Whose time it is. */
  interface Client {
    /** How many bytes are on their way to it. */
    long unsent();

    /** Its time is up. */
    void expired();
  }
}
