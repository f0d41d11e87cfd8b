package io.starling.socketio.internal;

import io.starling.engineio.CloseReason;
import io.starling.engineio.SessionExecutor.Cancellable;
import io.starling.manager.protocol.EventPayload;
import io.starling.socketio.SocketIoServerConfig;
import java.time.Duration;
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
 *
 * <p>A packet whose attachments have not all come counts, too, but does not stop the reading that
 * completes it. When all connections together hold too much, such packets are completed one after
 * the other, see {@link IncompletePackets}.
 */
final class Intake {
  /**
   * What an event that waits takes besides its bytes. In a heap of up to 32 GiB its objects were
   * measured to take 192 bytes, on Java 17 and 25, and 248 with the name of a namespace, which each
   * event has for itself.
   */
  static final long EVENT_BYTES = 256;

  /** What an attachment takes besides its bytes: 129 bytes were measured for one, 92 for others. */
  static final long ATTACHMENT_BYTES = 128;

  /** How long a client whose turn it is may take for one attachment. */
  private static final Duration TURN = Duration.ofSeconds(10);

  private static final AtomicLongFieldUpdater<Intake> BYTES =
      AtomicLongFieldUpdater.newUpdater(Intake.class, "bytes");

  private final Endpoint endpoint;
  private final SocketIoServerConfig config;
  private final Connection connection;
  private volatile long bytes;

  /** Whether the client is not read from, since its events wait; changed on the loop. */
  private volatile boolean stopped;

  /** Whether an ack was asked for since then. */
  private volatile boolean ackAwaited;

  /** Ends the connection if reading stays stopped; owned by the loop. */
  private @Nullable Cancellable timeout;

  /** What has come of the packet whose attachments have not all come; owned by the loop. */
  private long incomplete;

  /** Whether the client is not read from until it is its turn; changed on the loop. */
  private volatile boolean awaitsTurn;

  /** Ends the turn if nothing arrives; owned by the loop. */
  private @Nullable Cancellable turnEnd;

  Intake(Endpoint endpoint, Connection connection) {
    this.endpoint = endpoint;
    this.config = endpoint.config();
    this.connection = connection;
  }

  /** What an event counts with. */
  static long bytes(EventPayload payload) {
    return EVENT_BYTES + payload.bytes() + ATTACHMENT_BYTES * payload.attachments().size();
  }

  /** How many bytes wait. */
  long bytes() {
    return bytes;
  }

  /** An event will wait for its handler. On the loop. */
  void arrived(EventPayload payload) {
    change(bytes(payload));
  }

  /** Stops reading if too much waits. On the loop, behind {@link #arrived}. */
  void stopIfFull(int events) {
    if (!stopped && full(events, bytes, 1) && (full(events, bytes, 2) || !connection.awaitsAck())) {
      stop();
    }
  }

  /** A part of a packet arrived, and not all of its attachments. On the loop. */
  void partArrived(long partBytes) {
    countIncomplete(incomplete + partBytes);
    stopIfFull(0);
    takeTurnIfFull();
  }

  /**
   * The packet is complete; what it brings is counted anew. On the loop, before {@link #arrived};
   * {@link #letOthersGoOn} follows.
   */
  void packetCompleted() {
    if (incomplete > 0) {
      countIncomplete(0);
      leaveTurns();
    }
  }

  /**
   * A handler took an event. Any thread.
   *
   * @param events how many still wait for the same socket
   */
  void taken(EventPayload payload, int events) {
    long left = change(-bytes(payload));
    // Only what may be enough is worth a task for the loop, which looks at the other sockets, too.
    if (stopped && (ackAwaited || left == 0 || !fullAlone(2 * (long) events, 2 * left, 1))) {
      connection.onLoop(this::resumeIfRoom);
    }
    letOthersGoOn();
  }

  /** Lets connections go on that wait for their turn, if there is room again. Any thread. */
  void letOthersGoOn() {
    if (packets().anyWaits() && !fullTogether(1)) {
      packets().allGoOn();
    }
  }

  /** An ack of one of the sockets is awaited. Any thread. */
  void ackExpected() {
    if (stopped || awaitsTurn) {
      ackAwaited = true;
      connection.onLoop(this::resumeIfRoom);
    }
  }

  /**
   * The client may go on with its packet. Any thread.
   *
   * @param inTurn because it is its turn, not because there is room
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

  /** The connection ends. On the loop. */
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
    endpoint.slowHandlers().stopped(connection, connection.handlers());
    config
        .pendingTimeout()
        .ifPresent(
            limit -> timeout = connection.engineSession().loop().schedule(limit, this::expired));
    // A handler that took the last event just before the flag was set has told nobody.
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
    // Whoever made room or asked for an ack just before has told nobody.
    resumeIfRoom();
    letOthersGoOn();
  }

  private void beginTurn() {
    cancel(turnEnd);
    turnEnd = connection.engineSession().loop().schedule(TURN, this::turnEnds);
  }

  /** The client is closed if such clients alone hold too much, and else lets others go on. */
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
