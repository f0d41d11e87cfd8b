package io.starling.socketio.netty;

import io.starling.engineio.SessionExecutor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection that takes too long to send a request, or that sends no request for too long. A
 * client that is still receiving the response before it gets more time. The deadline also bounds
 * how long a client takes to receive a chunk of a file. One timer serves any number of requests: a
 * request only moves the time at which the deadline is due, and the timer is set again when it
 * fires. Confined to the event loop of the connection.
 */
final class RequestDeadline implements Runnable {
  private static final Duration MAX_TIMER = Duration.ofSeconds(5);

  private final SessionExecutor loop;
  private final Duration limit;
  private final Duration idleLimit;

  /**
   * The longest time for which the timer is set. It is no longer than the shorter limit, and short
   * enough to notice that the client is receiving a response.
   */
  private final long maxTimerNanos;

  private final Client client;

  private SessionExecutor.@Nullable Cancellable timer;

  /** Whether the deadline counts. It does not while the server works on a request. */
  private boolean armed;

  /** Whether the connection waits for its next request, so that the idle limit counts. */
  private boolean idle;

  /** The time of the loop's clock at which the deadline is due. */
  private long dueNanos;

  /** How many bytes were on their way to the client when the timer last fired. */
  private long unsentBytes;

  /**
   * A deadline that is not armed.
   *
   * @param limit how long a request may take to arrive, and how long the client may receive nothing
   *     of a response
   * @param idleLimit how long the client may take to begin its next request after it has received a
   *     response
   */
  RequestDeadline(SessionExecutor loop, Duration limit, Duration idleLimit, Client client) {
    this.loop = loop;
    this.limit = limit;
    this.idleLimit = idleLimit;
    this.maxTimerNanos =
        Math.min(MAX_TIMER.toNanos(), Math.min(limit.toNanos(), idleLimit.toNanos()));
    this.client = client;
  }

  /** Gives the client the full time for a request, or for a chunk of a file, from now on. */
  void arm() {
    idle = false;
    begin(limit);
  }

  /**
   * Tells that the response was written. The client now has the idle limit for its next request,
   * counted from when it has received the response.
   */
  void idle() {
    idle = true;
    begin(idleLimit);
  }

  /**
   * Tells that bytes of a request arrived. A client that was idle gets the full time for the rest
   * of the request.
   */
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

  /** Stops the deadline while the server works on a request. */
  void disarm() {
    armed = false;
    idle = false;
  }

  /** Ends the deadline and its timer. */
  void cancel() {
    armed = false;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /** Runs when the timer fires. */
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

  /** The connection whose time is measured. */
  interface Client {
    /** How many bytes were written and are still on their way to the client. */
    long unsent();

    /** Ends the connection, because its time is up. */
    void expired();
  }
}
