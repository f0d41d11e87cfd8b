package io.starling.socketio.internal;

import io.starling.engineio.CloseReason;
import io.starling.engineio.SessionExecutor.Cancellable;
import io.starling.socketio.SocketIoServerConfig;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What one connection's sockets received and no handler has taken yet. When that is too much, for
 * this connection or for all together, the client is not read from until handlers have taken half
 * of it; a connection for which nothing waits is always read from. So an event of any allowed size
 * is taken, and nobody is closed for slow handlers.
 *
 * <p>A handler may wait for an ack, which comes behind the events that wait for that handler: while
 * an ack is awaited, twice as much may wait.
 */
final class Intake {
  private static final AtomicLongFieldUpdater<Intake> BYTES =
      AtomicLongFieldUpdater.newUpdater(Intake.class, "bytes");

  private final Endpoint endpoint;
  private final SocketIoServerConfig config;
  private final Connection connection;
  private volatile long bytes;

  /** Whether the client is not read from; changed on the loop. */
  private volatile boolean stopped;

  /** Whether an ack was asked for since then. */
  private volatile boolean ackAwaited;

  /** Ends the connection if reading stays stopped; owned by the loop. */
  private @Nullable Cancellable timeout;

  Intake(Endpoint endpoint, Connection connection) {
    this.endpoint = endpoint;
    this.config = endpoint.config();
    this.connection = connection;
  }

  /** How many bytes wait. */
  long bytes() {
    return bytes;
  }

  /** An event will wait for its handler. On the loop. */
  void arrived(long eventBytes) {
    change(eventBytes);
  }

  /** Stops reading if too much waits. On the loop, behind {@link #arrived}. */
  void stopIfFull(int events) {
    if (!stopped && full(events, bytes, 1) && (full(events, bytes, 2) || !connection.awaitsAck())) {
      stop();
    }
  }

  /**
   * A handler took an event. Any thread.
   *
   * @param events how many still wait for the same socket
   */
  void taken(long eventBytes, int events) {
    long left = change(-eventBytes);
    // Only what may be enough is worth a task for the loop, which looks at the other sockets, too.
    if (stopped && (ackAwaited || left == 0 || !fullAlone(2 * (long) events, 2 * left, 1))) {
      connection.onLoop(this::resumeIfRoom);
    }
  }

  /** An ack of one of the sockets is awaited. Any thread. */
  void ackExpected() {
    if (stopped) {
      ackAwaited = true;
      connection.onLoop(this::resumeIfRoom);
    }
  }

  /** The connection ends. On the loop. */
  void end() {
    if (stopped) {
      stopped = false;
      ackAwaited = false;
      endpoint.slowHandlers().resumed(connection);
      cancelTimeout();
    }
  }

  private long change(long difference) {
    long after = BYTES.addAndGet(this, difference);
    endpoint.pendingBytes().changed(after - difference, after);
    return after;
  }

  private boolean full(long events, long waiting, int times) {
    return waiting > 0
        && (fullAlone(events, waiting, times)
            || endpoint.pendingBytes().sum() / times >= config.maxPendingBytesTotal());
  }

  private boolean fullAlone(long events, long waiting, int times) {
    return waiting / times >= config.maxPendingBytes()
        || events / times >= config.maxPendingEvents();
  }

  private void stop() {
    stopped = true;
    connection.engineSession().read(false);
    endpoint.slowHandlers().stopped(connection, connection.handlers());
    config
        .pendingTimeout()
        .ifPresent(
            limit -> timeout = connection.engineSession().loop().schedule(limit, this::expired));
    // A handler that took the last event just before the flag was set has told nobody.
    resumeIfRoom();
  }

  private void resumeIfRoom() {
    if (!stopped) {
      return;
    }
    long events = connection.mostPending();
    long waiting = bytes;
    if (!full(2 * events, 2 * waiting, 1)
        || (connection.awaitsAck() && !full(events, waiting, 2))) {
      end();
      connection.engineSession().read(true);
    }
  }

  private void expired() {
    connection.refuse(
        "events: have waited for their handlers (expected: for less than "
            + config.pendingTimeout().orElseThrow()
            + ")",
        CloseReason.FORCED_SERVER_CLOSE);
  }

  private void cancelTimeout() {
    if (timeout != null) {
      timeout.cancel();
      timeout = null;
    }
  }
}
