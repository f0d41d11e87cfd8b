package io.starling.socketio.netty;

import io.starling.engineio.SessionExecutor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection that takes too long with a request, but for one that still takes in what was
 * sent to it before. One timer serves any number of requests: it is moved when it fires, not when a
 * request arrives. Confined to the event loop.
 */
final class RequestDeadline implements Runnable {
  private final SessionExecutor loop;
  private final Duration limit;
  private final Client client;

  private SessionExecutor.@Nullable Cancellable timer;
  private boolean armed;
  private long dueNanos;

  /** How much was on its way to the client when the time was last up; none when it was not. */
  private long unsentBytes;

  /** A deadline that is not armed. */
  RequestDeadline(SessionExecutor loop, Duration limit, Client client) {
    this.loop = loop;
    this.limit = limit;
    this.client = client;
  }

  /** The client has the full time from now on. */
  void arm() {
    armed = true;
    unsentBytes = 0;
    dueNanos = loop.nanoTime() + limit.toNanos();
    if (timer == null) {
      timer = loop.schedule(limit, this);
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

  /** The timer fires. */
  @Override
  public void run() {
    timer = null;
    if (!armed) {
      return;
    }
    long leftNanos = dueNanos - loop.nanoTime();
    if (leftNanos > 0) {
      timer = loop.schedule(Duration.ofNanos(leftNanos), this);
    } else if (reading()) {
      timer = loop.schedule(limit, this);
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

  private boolean reading() {
    long before = unsentBytes;
    unsentBytes = client.unsent();
    return unsentBytes > 0 && unsentBytes != before;
  }
}
