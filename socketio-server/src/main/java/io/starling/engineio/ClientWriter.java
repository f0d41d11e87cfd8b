package io.starling.engineio;

import io.starling.protocol.engineio.EngineIoPacket;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the client of one session: to the session's transport or, while the client does not
 * keep up, to a {@link SlowClientBuffer}. Only the session's event loop uses this object, unless a
 * method says otherwise.
 */
final class ClientWriter implements Runnable {
  /**
   * A polling response counts as waiting while more than this many of its bytes have not left for
   * the network.
   */
  private static final long LONG_RESPONSE_BYTES = 64 << 10;

  /**
   * A message larger than this counts as waiting if it was written and has filled the transport.
   */
  private static final long LONG_MESSAGE_BYTES = 4 << 10;

  final EngineIoSession session;
  private volatile EngineIoTransport transport;
  private @Nullable SlowClientBuffer buffer; // Null while no bytes wait.
  private boolean flushQueued;
  private boolean closed;

  ClientWriter(EngineIoSession session, EngineIoTransport transport) {
    this.session = session;
    this.transport = transport;
  }

  /** The current transport, or the last one if the session has ended. Any thread. */
  EngineIoTransport transport() {
    return transport;
  }

  boolean nothingWaits() {
    SlowClientBuffer waiting = buffer;
    return waiting == null || waiting.isEmpty();
  }

  boolean writable() {
    return nothingWaits() && transport.writable();
  }

  /** The bytes that wait for the client, here and in the transport. */
  long queuedBytes() {
    SlowClientBuffer waiting = buffer;
    return transport.pendingBytes() + (waiting == null ? 0 : waiting.bytes());
  }

  /**
   * Writes a message to the transport, or queues it if the client does not keep up.
   *
   * @param flushNow whether to send the message at once, if the transport can do this cheaply,
   *     instead of at the end of the loop's turn
   */
  void deliver(Delivery delivery, boolean flushNow) {
    if (!session.open()) {
      return;
    }
    if (writable()) {
      transport.write(delivery);
      if (flushNow && transport.flushesAtOnce()) {
        transport.flush();
      } else {
        flushLater();
      }
      if (delivery.bytes() > LONG_MESSAGE_BYTES && !transport.writable()) {
        watch(delivery.shared(), delivery.bytes()).handedOver(delivery, transport);
      }
    } else if (delivery.message().dropIfNotWritable()) {
      session.dropped();
    } else {
      watch(delivery.shared(), 0).add(delivery, transport);
    }
  }

  /** Sends a ping. It overtakes messages that wait because the client does not keep up. */
  void ping() {
    EngineIoPacket ping = new EngineIoPacket.Ping("");
    if (transport.ready()) {
      transport.write(ping);
      transport.flush();
    } else {
      watch(false, 0).add(ping);
    }
  }

  /** Answers a pending poll with a noop packet, behind packets that were written before. */
  void releasePoll() {
    if (transport.ready()) {
      transport.write(new EngineIoPacket.Noop());
      transport.flush();
    }
  }

  /** The transport may be writable again, or holds fewer bytes. */
  void ready() {
    if (closed) {
      unwatchIfTaken();
      return;
    }
    boolean waiting = buffer != null;
    drain();
    if (session.closing()) {
      flush();
    } else if (waiting && transport.kind() == TransportKind.POLLING) {
      flushLater();
    }
  }

  /** Writes waiting messages to the transport while the client keeps up. */
  void drain() {
    SlowClientBuffer waiting = buffer;
    if (waiting != null) {
      waiting.drainTo(transport);
      unwatchIfTaken();
    }
  }

  private void flushLater() {
    if (!flushQueued) {
      flushQueued = true;
      session.loop().afterTurn(this);
    }
  }

  /** Flushes the transport at the end of a turn. */
  @Override
  public void run() {
    flushQueued = false;
    if (session.open()) {
      transport.flush();
      countResponse();
    }
  }

  void flush() {
    transport.flush();
    countResponse();
  }

  /**
   * Counts the bytes of a polling response that the client does not take at once. They replace the
   * messages that the response contains.
   */
  private void countResponse() {
    if (transport.kind() != TransportKind.POLLING) {
      return;
    }
    SlowClientBuffer waiting = buffer;
    if (waiting != null) {
      waiting.countTransport(transport.pendingBytes(), false);
    } else if (transport.pendingBytes() > LONG_RESPONSE_BYTES) {
      watch(false, 0);
    }
  }

  /** Ends the use of the polling transport, because a WebSocket is to replace it. */
  void leavePolling() {
    transport.flush();
    if (transport.pendingBytes() > LONG_RESPONSE_BYTES) {
      // A client upgrades only after it has read its last response. This client has not read its
      // last response, so it will not do so any more.
      transport.close(CloseReason.SLOW_CONSUMER);
    } else {
      transport.discard();
    }
  }

  /** Writes to another transport from now on, first of all the waiting messages. */
  void use(EngineIoTransport upgraded) {
    transport = upgraded;
    drain();
    upgraded.flush();
  }

  /** Closes the transport. A second call has an effect only if the client is too slow. */
  void close(CloseReason reason) {
    closed = true;
    transport.close(reason);
    SlowClientBuffer waiting = buffer;
    if (waiting != null) {
      waiting.dropWaiting();
      if (reason == CloseReason.SLOW_CONSUMER) {
        unwatch(waiting);
      } else {
        unwatchIfTaken();
      }
    }
  }

  /**
   * Ends the session as {@link CloseReason#SLOW_CONSUMER} if more than {@code maxQueuedBytes} wait
   * for the client and it has taken no byte for {@code slowConsumerTimeout}.
   */
  void checkProgress() {
    if (closed) {
      unwatchIfTaken();
    } else {
      transport.progress(this::checkProgress);
    }
  }

  private void checkProgress(long progress) {
    SlowClientBuffer waiting = buffer;
    EngineIoConfig config = session.config();
    if (waiting != null
        && waiting.idleNanos(progress) >= config.slowConsumerTimeout().toNanos()
        && queuedBytes() > config.maxQueuedBytes()) {
      session.giveUp();
    }
  }

  /** The time at which the oldest waiting byte began to wait; now if none waits. */
  long waitingSinceNanos() {
    SlowClientBuffer waiting = buffer;
    return waiting == null ? session.loop().nanoTime() : waiting.sinceNanos();
  }

  /**
   * Returns the buffer of waiting messages. If there is none, makes one, which counts the bytes of
   * this client from now on.
   *
   * @param shared whether other clients get the message that is being written as well
   * @param held the bytes in the transport that a {@link Delivery} counts, so that the new buffer
   *     must not
   */
  private SlowClientBuffer watch(boolean shared, long held) {
    SlowClientBuffer made = buffer;
    if (made == null) {
      made = new SlowClientBuffer(this, session.queues());
      buffer = made;
      made.countTransport(Math.max(0, transport.pendingBytes() - held), shared);
    }
    return made;
  }

  /** Stops counting the bytes of this client if it has taken nearly all of them. */
  void unwatchIfTaken() {
    SlowClientBuffer waiting = buffer;
    if (waiting != null && waiting.isEmpty() && !transportHoldsMuch()) {
      unwatch(waiting);
    }
  }

  private void unwatch(SlowClientBuffer waiting) {
    buffer = null;
    waiting.end();
  }

  private boolean transportHoldsMuch() {
    boolean draining = !closed && transport.kind() == TransportKind.WEBSOCKET;
    return draining ? !transport.writable() : transport.pendingBytes() > LONG_RESPONSE_BYTES;
  }
}
