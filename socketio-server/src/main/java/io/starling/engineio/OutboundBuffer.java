package io.starling.engineio;

import io.starling.engineio.protocol.EngineIoPacket;
import java.util.ArrayDeque;

/**
 * What waits for one client that did not take its messages at once, in order. Made when the first
 * message waits, or when the transport holds much, and dropped when nothing waits any more.
 * Confined to the session's loop.
 */
final class OutboundBuffer {
  /** What a place in the queue takes. */
  private static final int PLACE_BYTES = 16;

  /**
   * Of what its transport holds, a client has no more than this for itself if it gets what others
   * get.
   */
  private static final long MAX_COPIED_BYTES = 16 << 10;

  private static final long NOT_ASKED = -1;

  private final EngineIoSession session;
  private final ClientQueues.OnLoop queues;

  /** Deliveries, and packets of the session's own. */
  private final ArrayDeque<Object> waiting = new ArrayDeque<>();

  /** What the transport has and has not sent. */
  private final ArrayDeque<Delivery> handedOver = new ArrayDeque<>(2);

  private boolean draining;
  private long bytes;
  private long transportBytes;
  private long sinceNanos;
  private long progress = NOT_ASKED;
  private long progressNanos;

  OutboundBuffer(EngineIoSession session, ClientQueues.OnLoop queues) {
    this.session = session;
    this.queues = queues;
    this.sinceNanos = queues.loop.nanoTime();
    queues.add(session, sinceNanos);
  }

  /** What waits here, each with its type, so that empty ones count too. */
  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Since when the oldest byte waits, here or in the transport. */
  long sinceNanos() {
    return sinceNanos;
  }

  /** Counts what the transport has not sent yet, beside what was {@link #handedOver}. */
  void countTransport(long unsentBytes, boolean shared) {
    long counted = shared ? Math.min(unsentBytes, MAX_COPIED_BYTES) : unsentBytes;
    queues.count(counted - transportBytes);
    transportBytes = counted;
    if (counted == 0 && waiting.peek() instanceof Delivery oldest) {
      sinceNanos = oldest.heldSinceNanos();
    }
  }

  void add(EngineIoPacket packet) {
    waiting.add(packet);
    bytes++;
    queues.count(PLACE_BYTES);
  }

  void add(Delivery delivery, EngineIoTransport transport) {
    delivery.hold(queues, !transport.prepare(delivery));
    waiting.add(delivery);
    bytes += size(delivery);
    queues.count(PLACE_BYTES);
  }

  /** The transport has a message that it will not send at once. */
  void handedOver(Delivery delivery, EngineIoTransport transport) {
    delivery.hold(queues, !transport.prepare(delivery));
    handedOver.add(delivery);
  }

  /** The transport has sent what it had, or nearly all. */
  private void sent() {
    for (Delivery sent = handedOver.poll(); sent != null; sent = handedOver.poll()) {
      sent.release();
    }
  }

  /** Hands over what waits while the transport takes more. A flush may call for it again. */
  void drainTo(EngineIoTransport transport) {
    if (draining) {
      return;
    }
    draining = true;
    try {
      while (transport.writable()) {
        sent();
        if (waiting.isEmpty()) {
          return;
        }
        while (!waiting.isEmpty() && transport.writable()) {
          writeNext(transport);
        }
        if (transport.kind() == TransportKind.WEBSOCKET) {
          transport.flush();
        }
      }
    } finally {
      draining = false;
    }
  }

  private void writeNext(EngineIoTransport transport) {
    Object next = waiting.remove();
    queues.count(-PLACE_BYTES);
    if (next instanceof Delivery delivery) {
      bytes -= size(delivery);
      sinceNanos = delivery.heldSinceNanos();
      transport.write(delivery);
      if (transport.writable()) {
        delivery.release();
      } else {
        handedOver.add(delivery);
      }
    } else {
      bytes--;
      transport.write((EngineIoPacket) next);
    }
  }

  /**
   * What the transport says of its progress now.
   *
   * @return for how long it has said the same
   */
  long idleNanos(long now) {
    long nowNanos = queues.loop.nanoTime();
    if (progress != now) {
      progress = now;
      progressNanos = nowNanos;
    }
    return nowNanos - progressNanos;
  }

  /** Drops what waits here; what the transport has stays counted. */
  void dropWaiting() {
    for (Object next = waiting.poll(); next != null; next = waiting.poll()) {
      queues.count(-PLACE_BYTES);
      if (next instanceof Delivery delivery) {
        delivery.release();
      }
    }
    bytes = 0;
  }

  /** Drops and counts nothing any more. */
  void end() {
    dropWaiting();
    sent();
    countTransport(0, false);
    queues.remove(session);
  }

  private static long size(Delivery delivery) {
    return delivery.bytes() + 1;
  }
}
