package io.starling.socketio.internal;

import io.starling.engineio.CloseReason;
import io.starling.engineio.SessionExecutor.Cancellable;
import io.starling.protocol.payload.EventPayload;
import io.starling.socketio.SocketIoServerConfig;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Counts the events of one connection that wait for a handler, and stops reading from the client
 * when they are too many. Reading stops when the events of this connection, or those of all
 * connections together, reach a bound of {@link SocketIoServerConfig}; it goes on when handlers
 * have taken half of them. A connection with no waiting events is always read from, so an event of
 * any allowed size gets through. A client whose handlers are slow is not disconnected, unless
 * {@code pendingTimeout} is set.
 *
 * <p>A handler may wait for an ack of the client. That ack arrives behind the events that wait for
 * the same handler, so the bounds are twice as high while the server waits for an ack.
 *
 * <p>A packet whose attachments have not all arrived counts as well, but alone it does not stop the
 * reading that completes it. When all connections together hold too much, such packets are
 * completed one after the other, see {@link IncompletePackets}.
 *
 * <p>All methods run on the event loop of the session, except those whose comment says that any
 * thread may call them.
 */
final class Intake {
  /**
   * The heap that a waiting event takes in addition to its payload, in bytes. Measured on Java 17
   * and 25 with a heap of up to 32 GiB: 192 bytes for the objects, or 248 with the name of a
   * namespace other than {@code "/"}, of which each event holds its own copy.
   */
  static final long EVENT_BYTES = 256;

  /**
   * The heap that an attachment takes in addition to its content, in bytes. Measurements gave 92 to
   * 129 bytes.
   */
  static final long ATTACHMENT_BYTES = 128;

  /** How long a client that has the turn may take to send its next attachment. */
  private static final Duration TURN = Duration.ofSeconds(10);

  private static final AtomicLongFieldUpdater<Intake> BYTES =
      AtomicLongFieldUpdater.newUpdater(Intake.class, "bytes");

  private final Endpoint endpoint;
  private final SocketIoServerConfig config;
  private final Connection connection;
  private volatile long bytes;

  /**
   * Whether reading from the client is stopped because too many of its events wait. Only the event
   * loop of the session changes this field; other threads read it.
   */
  private volatile boolean stopped;

  /**
   * Whether the server asked this client for an ack while reading was stopped. Any thread sets this
   * field; the event loop of the session clears it.
   */
  private volatile boolean ackAwaited;

  /**
   * Closes the connection if reading stays stopped for too long. Only the event loop of the session
   * uses this field.
   */
  private @Nullable Cancellable timeout;

  /**
   * The bytes that have arrived of a packet whose attachments are not all there; 0 if there is no
   * such packet. Only the event loop of the session uses this field.
   */
  private long incomplete;

  /**
   * Whether reading is stopped until {@link IncompletePackets} gives this connection the turn. Only
   * the event loop of the session changes this field; other threads read it.
   */
  private volatile boolean awaitsTurn;

  /**
   * Ends the turn of this connection if no attachment arrives. Only the event loop of the session
   * uses this field.
   */
  private @Nullable Cancellable turnEnd;

  Intake(Endpoint endpoint, Connection connection) {
    this.endpoint = endpoint;
    this.config = endpoint.config();
    this.connection = connection;
  }

  /** How many bytes an event counts for: its payload and the heap that its objects take. */
  static long bytes(EventPayload payload) {
    return EVENT_BYTES + payload.bytes() + ATTACHMENT_BYTES * payload.attachments().size();
  }

  /** How many bytes of complete events wait for handlers. Any thread may call this method. */
  long bytes() {
    return bytes;
  }

  /** Counts an event that waits for its handler from now on. */
  void arrived(EventPayload payload) {
    change(bytes(payload));
  }

  /**
   * Stops reading from the client if too much waits. Call it after {@link #arrived}.
   *
   * @param events how many handler calls wait or run for the socket of the event
   */
  void stopIfFull(int events) {
    if (!stopped && full(events, bytes, 1) && (full(events, bytes, 2) || !connection.awaitsAck())) {
      stop();
    }
  }

  /** Counts a part of a packet whose attachments have not all arrived. */
  void partArrived(long partBytes) {
    countIncomplete(incomplete + partBytes);
    stopIfFull(0);
    takeTurnIfFull();
  }

  /**
   * The last attachment of a packet arrived, so the packet does not count as incomplete any more.
   * The caller then calls {@link #arrived}, which counts the packet's event, and after that {@link
   * #letOthersGoOn}.
   */
  void packetCompleted() {
    if (incomplete > 0) {
      countIncomplete(0);
      leaveTurns();
    }
  }

  /**
   * A handler thread took an event, which does not count any more. Any thread may call this method.
   *
   * @param events how many handler calls still wait for the same socket
   */
  void taken(EventPayload payload, int events) {
    long left = change(-bytes(payload));
    // The event loop also looks at the other sockets of the connection. It gets a task only when
    // this event may have made enough room.
    if (stopped && (ackAwaited || left == 0 || !fullAlone(2 * (long) events, 2 * left, 1))) {
      connection.onLoop(this::resumeIfRoom);
    }
    letOthersGoOn();
  }

  /**
   * Lets all connections that wait for a turn go on, if all connections together are below the
   * bound again. Any thread may call this method.
   */
  void letOthersGoOn() {
    if (packets().anyWaits() && !fullTogether(1)) {
      packets().allGoOn();
    }
  }

  /**
   * The server asked one of the sockets for an ack. That raises the bounds, so reading may go on.
   * Any thread may call this method.
   */
  void ackExpected() {
    if (stopped || awaitsTurn) {
      ackAwaited = true;
      connection.onLoop(this::resumeIfRoom);
    }
  }

  /**
   * Goes on reading the client's packet, whose attachments have not all arrived. Any thread may
   * call this method.
   *
   * @param inTurn true when the connection got the turn, false when there is room for everyone
   */
  void goOn(boolean inTurn) {
    connection.onLoop(
        () -> {
          if (awaitsTurn) {
            awaitsTurn = false;
            if (inTurn) {
              beginTurn();
            }
            updateReading();
          }
        });
  }

  /** The connection ends. Gives up its turn and its incomplete packet. */
  void end() {
    endStop();
    if (incomplete > 0) {
      countIncomplete(0);
      leaveTurns();
      letOthersGoOn();
    }
  }

  private long change(long difference) {
    long after = BYTES.addAndGet(this, difference);
    endpoint.pendingBytes().changed(after - difference, after);
    return after;
  }

  private void countIncomplete(long after) {
    packets().changed(incomplete, after);
    endpoint.pendingBytes().changed(incomplete, after);
    incomplete = after;
  }

  /** Whether what waits has reached {@code times} times a bound. */
  private boolean full(long events, long waiting, int times) {
    return waiting > 0 && (fullAlone(events, waiting + incomplete, times) || fullTogether(times));
  }

  private boolean fullAlone(long events, long waiting, int times) {
    return waiting / times >= config.maxPendingBytes()
        || events / times >= config.maxPendingEvents();
  }

  private boolean fullTogether(int times) {
    return endpoint.pendingBytes().sum() / times >= config.maxPendingBytesTotal();
  }

  private void stop() {
    stopped = true;
    leaveTurns();
    updateReading();
    endpoint.slowHandlers().stopped(connection, connection.sockets());
    config
        .pendingTimeout()
        .ifPresent(
            limit -> timeout = connection.engineSession().loop().schedule(limit, this::expired));
    // A handler that took the last event just before the flag was set did not call the event loop,
    // so look once more.
    resumeIfRoom();
  }

  private void resumeIfRoom() {
    if (stopped) {
      long events = connection.mostPending();
      long waiting = bytes;
      if (!full(2 * events, 2 * waiting, 1)
          || (connection.awaitsAck() && !full(events, waiting, 2))) {
        endStop();
        takeTurnIfFull();
        updateReading();
      }
    } else if (awaitsTurn && connection.awaitsAck() && !fullTogether(2)) {
      leaveTurns();
    }
  }

  private void endStop() {
    if (stopped) {
      stopped = false;
      ackAwaited = false;
      endpoint.slowHandlers().resumed(connection);
      cancel(timeout);
      timeout = null;
    }
  }

  private void takeTurnIfFull() {
    if (incomplete == 0 || stopped || awaitsTurn || !fullTogether(connection.awaitsAck() ? 2 : 1)) {
      return;
    }
    if (packets().isTurnOf(this)) {
      beginTurn();
      return;
    }
    awaitTurn();
  }

  private void awaitTurn() {
    awaitsTurn = true;
    updateReading();
    // A thread that made room or asked for an ack just before the flag was set did not call the
    // event loop, so look once more.
    resumeIfRoom();
    letOthersGoOn();
  }

  private void beginTurn() {
    cancel(turnEnd);
    turnEnd = connection.engineSession().loop().schedule(TURN, this::turnEnds);
  }

  /**
   * The client that has the turn sent no attachment for {@link #TURN}. Its connection is closed if
   * incomplete packets alone reach the bound for all connections. Otherwise the turn goes to the
   * next connection that waits, if there is one.
   */
  private void turnEnds() {
    if (packets().bytes() >= config.maxPendingBytesTotal()) {
      connection.refuse(
          "attachments: none for "
              + TURN
              + " while too much waits for all connections (expected: the rest of the packet)",
          CloseReason.FORCED_SERVER_CLOSE);
    } else if (packets().pass(this)) {
      awaitTurn();
    } else {
      beginTurn();
    }
  }

  private void leaveTurns() {
    if (awaitsTurn || turnEnd != null) {
      cancel(turnEnd);
      turnEnd = null;
      awaitsTurn = false;
      packets().leave(this);
      updateReading();
    }
  }

  private void updateReading() {
    connection.engineSession().read(!stopped && !awaitsTurn);
  }

  private void expired() {
    connection.refuse(
        "events: have waited for their handlers (expected: for less than "
            + config.pendingTimeout().orElseThrow()
            + ")",
        CloseReason.FORCED_SERVER_CLOSE);
  }

  private IncompletePackets packets() {
    return endpoint.incompletePackets();
  }

  private static void cancel(@Nullable Cancellable timer) {
    if (timer != null) {
      timer.cancel();
    }
  }
}
