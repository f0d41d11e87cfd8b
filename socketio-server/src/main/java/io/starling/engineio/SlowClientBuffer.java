package io.starling.engineio;

import io.starling.protocol.engineio.EngineIoPacket;
import java.util.ArrayDeque;

/**
 * The queue of messages and packets that wait for one slow client, in the order of sending. It also
 * counts the bytes that the client's transport has not sent yet. {@link ClientWriter} makes this
 * object when the first message has to wait or the transport holds many bytes, and drops it when no
 * bytes wait any more. Only the session's event loop uses it.
 */
final class SlowClientBuffer {
  /** The approximate memory of one place in the queue, without the message. */
  private static final int PLACE_BYTES = 16;

  /**
   * The most bytes in its transport that count for one client if other clients get the same
   * messages. A transport copies small frames only up to about this total. Beyond it, the transport
   * refers to bytes that all clients share, and {@link Delivery} counts these.
   */
  private static final long MAX_COPIED_BYTES = 16 << 10;

  /** The value of {@link #progress} before the transport was asked for the first time. */
  private static final long NOT_ASKED = -1;

  private final ClientWriter client;
  private final ClientQueues.OnLoop queues;

  /** The queue: objects of type {@link Delivery}, and of type {@link EngineIoPacket} for pings. */
  private final ArrayDeque<Object> waiting = new ArrayDeque<>();

  /** Deliveries that were written to the transport and that it has not sent completely. */
  private final ArrayDeque<Delivery> handedOver = new ArrayDeque<>(2);

  private boolean draining;
  private long bytes;

  /** The bytes in the transport that {@link #countTransport} counted last. */
  private long transportBytes;

  private long sinceNanos;

  /** The last answer of {@link EngineIoTransport#progress}. */
  private long progress = NOT_ASKED;

  /** The time at which {@link #progress} last changed. */
  private long progressNanos;

  SlowClientBuffer(ClientWriter client, ClientQueues.OnLoop queues) {
    this.client = client;
    this.queues = queues;
    this.sinceNanos = queues.loop.nanoTime();
    queues.add(client, sinceNanos);
  }

  /** The bytes in this queue. Each message counts one byte more for its type, even an empty one. */
  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** The time at which the oldest byte, here or in the transport, began to wait. */
  long sinceNanos() {
    return sinceNanos;
  }

  /**
   * Counts the bytes that the transport has not sent yet, in place of the last count.
   *
   * @param unsentBytes without the bytes of {@link #handedOver}, which the deliveries count
   * @param shared whether other clients get the same messages
   */
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

  /** Holds a message that was written to the transport and that it cannot send at once. */
  void handedOver(Delivery delivery, EngineIoTransport transport) {
    delivery.hold(queues, !transport.prepare(delivery));
    handedOver.add(delivery);
  }

  /** Releases all {@link #handedOver} messages: the transport has sent nearly all of its bytes. */
  private void sent() {
    for (Delivery sent = handedOver.poll(); sent != null; sent = handedOver.poll()) {
      sent.release();
    }
  }

  /**
   * Writes queued messages to the transport while the client keeps up. A flush may call this method
   * again, which then does nothing.
   */
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
   * Notes the transport's progress.
   *
   * @param now the current answer of {@link EngineIoTransport#progress}
   * @return for how many nanoseconds the answer has been the same
   */
  long idleNanos(long now) {
    long nowNanos = queues.loop.nanoTime();
    if (progress != now) {
      progress = now;
      progressNanos = nowNanos;
    }
    return nowNanos - progressNanos;
  }

  /** Drops all queued messages. Bytes in the transport still count. */
  void dropWaiting() {
    for (Object next = waiting.poll(); next != null; next = waiting.poll()) {
      queues.count(-PLACE_BYTES);
      if (next instanceof Delivery delivery) {
        delivery.release();
      }
    }
    bytes = 0;
  }

  /** Drops all queued messages and stops counting; this object is not used afterwards. */
  void end() {
    dropWaiting();
    sent();
    countTransport(0, false);
    queues.remove(client);
  }

  private static long size(Delivery delivery) {
    return delivery.bytes() + 1;
  }
}
