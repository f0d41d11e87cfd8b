package io.starling.client;

import io.starling.protocol.payload.EventPayload;
import io.starling.protocol.socketio.SocketIoPacket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one socket sends: events that wait until it is connected, events that wait for their turn
 * because {@code retries} is set, and acks that it waits for. The client's lock guards this object.
 */
final class Outbox {
  /** What an event costs besides its bytes. */
  private static final int OVERHEAD_BYTES = 100;

  private final ClientConnection connection;
  private final SocketState socket;
  private final Deque<Waiting> buffer = new ArrayDeque<>();
  private final Deque<Retried> retried = new ArrayDeque<>();
  private final Map<Long, PendingAck> acks = new HashMap<>();
  private long nextId;

  /** An event that was not sent, and the ack that somebody waits for. */
  private record Waiting(EventPayload payload, @Nullable PendingAck ack) {}

  Outbox(ClientConnection connection, SocketState socket) {
    this.connection = connection;
    this.socket = socket;
  }

  private static long cost(EventPayload payload) {
    return payload.bytes() + OVERHEAD_BYTES;
  }

  /**
   * Takes an event.
   *
   * @return false if the event is volatile and was dropped
   * @throws EmitRefusedException if it is not taken for another reason
   */
  boolean take(EventPayload payload, boolean isVolatile, @Nullable PendingAck ack) {
    ClientOptions options = connection.options();
    connection.requireNotClosed();
    if (isVolatile && !(socket.joined() && connection.writable())) {
      return false;
    }
    if (!socket.joined() && options.offlineEmits == OfflineEmits.FAIL) {
      throw new EmitRefusedException(
          "namespace: " + socket.namespace() + " is not connected (expected: connected)");
    }
    connection.requireRoom(cost(payload));
    if (options.retries > 0 && !isVolatile) {
      connection.buffered(cost(payload));
      retried.add(new Retried(payload, ack));
      retryNext();
      return true;
    }
    if (ack != null) {
      connection.acks().add(ack, this);
    }
    if (socket.joined()) {
      write(payload, ack);
    } else {
      connection.buffered(cost(payload));
      buffer.add(new Waiting(payload, ack));
    }
    return true;
  }

  private void write(EventPayload payload, @Nullable PendingAck ack) {
    long id = SocketIoPacket.NO_ACK;
    if (ack != null) {
      id = nextId++;
      ack.id = id;
      acks.put(id, ack);
    }
    connection.write(new SocketIoPacket.Event(socket.namespace(), id, payload), payload);
  }

  /** The socket is connected: sends what waits. */
  void connected() {
    for (Waiting next = buffer.poll(); next != null; next = buffer.poll()) {
      connection.buffered(-cost(next.payload));
      write(next.payload, next.ack);
    }
    retryNext();
  }

  /** Takes the ack with an id, which arrived; null if nobody waits for it. */
  @Nullable PendingAck answered(long id) {
    PendingAck ack = acks.remove(id);
    return ack != null && connection.acks().remove(ack) ? ack : null;
  }

  /** The time of an ack is over. If its event was not sent, it will not be. */
  void forget(PendingAck ack) {
    if (ack.id != null) {
      acks.remove(ack.id);
      return;
    }
    buffer.removeIf(
        waiting -> {
          boolean found = waiting.ack == ack;
          if (found) {
            connection.buffered(-cost(waiting.payload));
          }
          return found;
        });
  }

  /** The socket is disconnected: returns the acks that will not come. */
  List<PendingAck> disconnected() {
    List<PendingAck> lost = new ArrayList<>(acks.values());
    acks.clear();
    lost.removeIf(ack -> !connection.acks().remove(ack));
    return lost;
  }

  /** The client is closed: returns the acks of what was never sent. */
  List<PendingAck> closed() {
    List<PendingAck> lost = new ArrayList<>();
    for (Waiting waiting : buffer) {
      connection.buffered(-cost(waiting.payload));
      if (waiting.ack != null && connection.acks().remove(waiting.ack)) {
        lost.add(waiting.ack);
      }
    }
    buffer.clear();
    for (Retried each : retried) {
      connection.buffered(-cost(each.payload));
      if (each.caller != null) {
        lost.add(each.caller);
      }
    }
    retried.clear();
    return lost;
  }

  /** Sends the first of the events that are sent one at a time, unless it is on its way. */
  private void retryNext() {
    Retried first = retried.peek();
    if (first != null && !first.onItsWay && socket.joined()) {
      first.onItsWay = true;
      first.tries++;
      Duration timeout =
          first.caller == null ? connection.options().ackTimeout : first.caller.timeout;
      PendingAck attempt = new Attempt(first, timeout);
      connection.acks().add(attempt, this);
      write(first.payload, attempt);
    }
  }

  /** An event that is sent again until it is acknowledged. */
  private static final class Retried {
    final EventPayload payload;
    final @Nullable PendingAck caller;
    int tries;
    boolean onItsWay;

    Retried(EventPayload payload, @Nullable PendingAck caller) {
      this.payload = payload;
      this.caller = caller;
    }
  }

  private final class Attempt extends PendingAck {
    private final Retried event;

    Attempt(Retried event, Duration timeout) {
      super(timeout);
      this.event = event;
    }

    @Override
    void done(@Nullable EventPayload answer, @Nullable Throwable failure) {
      PendingAck caller = connection.locked(() -> ended(answer != null));
      if (caller != null) {
        caller.done(answer, failure);
      }
    }

    /** Returns the caller's ack if this attempt decides it. */
    private @Nullable PendingAck ended(boolean acknowledged) {
      if (retried.peek() != event) {
        return null; // The client was closed.
      }
      event.onItsWay = false;
      boolean over = acknowledged || event.tries > connection.options().retries;
      if (over) {
        retried.remove();
        connection.buffered(-cost(event.payload));
      }
      retryNext();
      connection.flushLater();
      return over ? event.caller : null;
    }
  }
}
