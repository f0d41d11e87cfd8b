package io.starling.engineio;

import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.protocol.engineio.OpenData;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's Engine.IO session, over one transport after another. Its state belongs to one event
 * loop. A method may be called from other threads only if its documentation says so.
 *
 * <pre>
 * OPEN ── the client is gone or broke a rule ──▶ CLOSED
 *   └──── the client may get the rest ──▶ CLOSING ── it has the rest, is gone, or slow ──▶ CLOSED
 * </pre>
 *
 * <p>In CLOSING the client still gets the messages that wait for it, and then the close packet or
 * close frame. Over polling, the close packet comes one poll after the last messages, because an
 * official client drops messages that share a response with a close packet. If the application
 * ended the session, an upgrade that is under way is completed first. The server ignores messages
 * of the client in this state and notices only that the client leaves.
 *
 * <p>Waiting bytes count toward the bounds of {@link EngineIoConfig} in CLOSING as in OPEN. Bytes
 * in the transport count even in CLOSED, until they were sent or dropped.
 */
public final class EngineIoSession {
  private static final Logger LOG = LoggerFactory.getLogger(EngineIoSession.class);

  /**
   * A polling response counts as waiting while more than this many of its bytes have not left for
   * the network.
   */
  private static final long LONG_RESPONSE_BYTES = 64 << 10;

  /**
   * A message larger than this counts as waiting if it was written and has filled the transport.
   */
  private static final long LONG_MESSAGE_BYTES = 4 << 10;

  private enum State {
    OPEN,
    CLOSING,
    CLOSED
  }

  private final EngineIoServer server;
  private final String id = SessionIds.next();
  private final HandshakeRequest request;
  private final SessionExecutor loop;
  private final TransportEvents events = new Events();
  private final Runnable flush = this::flush;
  private volatile EngineIoTransport transport;
  private volatile @Nullable Object attachment;

  // Only the event loop of the session reads and writes the following fields.
  private final Heartbeat heartbeat;
  private @Nullable OutboundBuffer buffer; // Null while no bytes wait.
  private State state = State.OPEN;
  private CloseReason closeReason = CloseReason.TRANSPORT_CLOSE;
  private @Nullable CloseDeadline deadline; // Null until CLOSING has to wait for the client.
  private @Nullable UpgradeProbe probe;
  private boolean flushQueued;
  private boolean readingStopped;

  EngineIoSession(
      EngineIoServer server,
      HandshakeRequest request,
      SessionExecutor loop,
      Function<String, EngineIoTransport> transport) {
    this.server = server;
    this.request = request;
    this.loop = loop;
    this.transport = transport.apply(id);
    this.heartbeat = new Heartbeat(server.heartbeats(loop), this);
  }

  /**
   * The session id of 20 characters. It is a secret between the server and this client: a request
   * with this id acts for the client. Any thread.
   */
  public String id() {
    return id;
  }

  /** The request that opened the session. Any thread. */
  public HandshakeRequest request() {
    return request;
  }

  /** The event loop that owns the session. It never changes. Any thread. */
  public SessionExecutor loop() {
    return loop;
  }

  /** The current transport, or the last one if the session has ended. Any thread. */
  public EngineIoTransport transport() {
    return transport;
  }

  /**
   * Ends the session after all messages that the calling thread sent to it before. With {@link
   * CloseReason#FORCED_SERVER_CLOSE} and {@link CloseReason#FORCED_CLOSE}, messages that a polling
   * client has not fetched yet wait for its next poll. Does nothing if the session has ended. Any
   * thread; never blocks.
   */
  public void close(CloseReason reason) {
    loop.execute(() -> end(reason));
  }

  /**
   * Whether the client keeps up. If not, messages with {@link OutboundMessage#dropIfNotWritable}
   * are dropped. Only on the loop.
   */
  public boolean writable() {
    return state == State.OPEN && nothingWaits() && transport.writable();
  }

  private boolean nothingWaits() {
    OutboundBuffer waiting = buffer;
    return waiting == null || waiting.isEmpty();
  }

  /** The bytes that wait for the client, here and in the transport. Only on the loop. */
  public long queuedBytes() {
    OutboundBuffer waiting = buffer;
    return transport.pendingBytes() + (waiting == null ? 0 : waiting.bytes());
  }

  /**
   * Stops or resumes reading from the client, for a layer above that cannot keep up. While reading
   * is stopped, the client still gets pings, but its answers cannot arrive and are not overdue.
   * Does nothing if the session has ended. Only on the loop.
   *
   * @param on false stops reading, true resumes it
   */
  public void read(boolean on) {
    if (state != State.OPEN || readingStopped != on) {
      return;
    }
    readingStopped = !on;
    if (on) {
      heartbeat.resume();
    } else {
      heartbeat.suspend();
    }
    transport.read(on);
  }

  /** Stores an object of the layer above with the session, in place of the last one. Any thread. */
  public void attach(Object value) {
    attachment = value;
  }

  /** The object that {@link #attach} stored last, or null if there is none. Any thread. */
  public @Nullable Object attachment() {
    return attachment;
  }

  /**
   * Ends the session if the client's answer to a ping is overdue and the timer has not fired yet.
   * Carriers call this on the loop before they pass a request of the client to the transport.
   */
  public void endIfOverdue() {
    if (heartbeat.expired()) {
      end(CloseReason.PING_TIMEOUT);
    }
  }

  /**
   * Begins an upgrade to a WebSocket. Closes the WebSocket instead if the session has ended, uses a
   * WebSocket already, or has another upgrade under way. For carriers, on the loop.
   */
  public void probe(EngineIoTransport candidate) {
    if (state != State.OPEN || probe != null || transport.kind() == candidate.kind()) {
      candidate.close(CloseReason.FORCED_CLOSE);
      return;
    }
    probe = new UpgradeProbe(this, candidate);
    probe.start(server.config().upgradeTimeout());
  }

  void open() {
    OpenData data = server.config().openData(id, transport.kind());
    heartbeat.start();
    // Messages that the listener sends now are queued on the loop. They follow the open packet, in
    // a response of their own.
    guard(() -> server.listener().opened(this));
    if (state == State.OPEN) {
      transport.write(new EngineIoPacket.Open(data.json()));
      transport.flush();
      transport.bind(events);
    }
  }

  /**
   * Writes a message to the transport, or queues it if the client does not keep up.
   *
   * @param flushNow whether to send the message at once, if the transport can do this cheaply,
   *     instead of at the end of the loop's turn
   */
  void deliver(Delivery delivery, boolean flushNow) {
    if (state != State.OPEN) {
      return;
    }
    if (nothingWaits() && transport.writable()) {
      transport.write(delivery);
      if (flushNow && transport.flushesAtOnce()) {
        transport.flush();
      } else {
        flushLater();
      }
      if (delivery.bytes() > LONG_MESSAGE_BYTES && !transport.writable()) {
        OutboundBuffer waiting = watch(delivery.shared(), delivery.bytes());
        waiting.handedOver(delivery, transport);
      }
    } else if (delivery.message().dropIfNotWritable()) {
      guard(() -> server.listener().dropped(this));
    } else {
      watch(delivery.shared(), 0).add(delivery, transport);
    }
  }

  /** Answers a pending poll with a noop packet, behind packets that were written before. */
  void releasePoll() {
    if (transport.ready()) {
      transport.write(new EngineIoPacket.Noop());
      transport.flush();
    }
  }

  /** Completes an upgrade: the WebSocket replaces the polling transport. */
  void switchTo(EngineIoTransport upgraded) {
    probe = null;
    transport.flush();
    if (transport.pendingBytes() > LONG_RESPONSE_BYTES) {
      // A client upgrades only after it has read its last response. This client has not read its
      // last response, so it will not do so any more.
      transport.close(CloseReason.SLOW_CONSUMER);
    } else {
      transport.discard();
    }
    if (state == State.CLOSED) {
      // A packet that the old transport passed on just now has ended the session.
      upgraded.close(closeReason);
      return;
    }
    transport = upgraded;
    drain();
    upgraded.flush();
    if (state == State.CLOSING) {
      upgraded.bind(events);
      drain();
      tellTheEnd();
      return;
    }
    guard(() -> server.listener().upgraded(this));
    upgraded.bind(events);
    if (readingStopped && state == State.OPEN) {
      upgraded.read(false);
    }
    // The WebSocket may have become writable before it was bound to this session.
    drain();
  }

  /** The upgrade that was under way has failed, and its WebSocket is closed. */
  void probeEnded() {
    probe = null;
    if (state == State.CLOSING) {
      tellTheEnd();
    }
  }

  private void endProbe() {
    UpgradeProbe running = probe;
    if (running != null) {
      running.failed(closeReason);
    }
  }

  /** The time at which the oldest waiting byte began to wait; now if none waits. */
  long waitingSinceNanos() {
    OutboundBuffer waiting = buffer;
    return waiting == null ? loop.nanoTime() : waiting.sinceNanos();
  }

  /**
   * Ends the session as {@link CloseReason#SLOW_CONSUMER} if more than {@code maxQueuedBytes} wait
   * for the client and it has taken no byte for {@code slowConsumerTimeout}.
   */
  void checkProgress() {
    if (state == State.CLOSED) {
      unwatchIfTaken();
      return;
    }
    transport.progress(
        progress -> {
          OutboundBuffer waiting = buffer;
          if (waiting != null) {
            if (waiting.idleNanos(progress) >= server.config().slowConsumerTimeout().toNanos()
                && queuedBytes() > server.config().maxQueuedBytes()) {
              giveUp();
            }
          }
        });
  }

  /** Ends the session as {@link CloseReason#SLOW_CONSUMER} and drops all bytes that wait. */
  void giveUp() {
    if (state == State.OPEN) {
      guard(() -> server.listener().dropped(this));
      end(CloseReason.SLOW_CONSUMER);
    } else {
      finish(CloseReason.SLOW_CONSUMER);
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

  /**
   * Returns the buffer of waiting messages. If there is none, makes one, which counts the bytes of
   * this client from now on.
   *
   * @param shared whether other clients get the message that is being written as well
   * @param held the bytes in the transport that a {@link Delivery} counts, so that the new buffer
   *     must not
   */
  private OutboundBuffer watch(boolean shared, long held) {
    OutboundBuffer made = buffer;
    if (made == null) {
      made = new OutboundBuffer(this, server.queues(loop));
      buffer = made;
      made.countTransport(Math.max(0, transport.pendingBytes() - held), shared);
    }
    return made;
  }

  /** Drops all waiting messages and stops counting the bytes of this client. */
  private void unwatch() {
    OutboundBuffer waiting = buffer;
    if (waiting != null) {
      buffer = null;
      waiting.end();
    }
  }

  /** Stops counting the bytes of this client if it has taken nearly all of them. */
  private void unwatchIfTaken() {
    OutboundBuffer waiting = buffer;
    if (waiting != null && waiting.isEmpty() && !transportHoldsMuch()) {
      unwatch();
    }
  }

  private boolean transportHoldsMuch() {
    boolean draining = state != State.CLOSED && transport.kind() == TransportKind.WEBSOCKET;
    return draining ? !transport.writable() : transport.pendingBytes() > LONG_RESPONSE_BYTES;
  }

  private void drain() {
    OutboundBuffer waiting = buffer;
    if (waiting != null) {
      waiting.drainTo(transport);
      unwatchIfTaken();
    }
  }

  private void flushLater() {
    if (!flushQueued) {
      flushQueued = true;
      loop.afterTurn(flush);
    }
  }

  private void flush() {
    flushQueued = false;
    if (state == State.OPEN) {
      transport.flush();
      countResponse();
    }
  }

  /**
   * Counts the bytes of a polling response that the client does not take at once. They replace the
   * messages that the response contains.
   */
  private void countResponse() {
    if (transport.kind() != TransportKind.POLLING) {
      return;
    }
    OutboundBuffer waiting = buffer;
    if (waiting != null) {
      waiting.countTransport(transport.pendingBytes(), false);
    } else if (transport.pendingBytes() > LONG_RESPONSE_BYTES) {
      watch(false, 0);
    }
  }

  void end(CloseReason reason) {
    if (state != State.OPEN) {
      return;
    }
    closeReason = reason;
    heartbeat.stop();
    if (reason != CloseReason.FORCED_SERVER_CLOSE) {
      endProbe();
    }
    if (reason.leavesTheRest(transport.kind())) {
      state = State.CLOSING;
      if (readingStopped) {
        // Messages of the client are ignored from now on, so it is safe to read again.
        transport.read(true);
      }
      transport.flush();
      countResponse();
      tellTheEnd();
    } else {
      finish(reason);
    }
    guard(() -> server.listener().closed(this, reason));
  }

  /**
   * Closes the transport if the client has all messages. Otherwise starts the close deadline. Over
   * polling, the transport is closed with the poll that follows the last messages.
   */
  private void tellTheEnd() {
    if (state != State.CLOSING) {
      return;
    }
    boolean done =
        transport.writable() ? nothingWaits() : !transport.ready() && !closeReason.awaitsPoll();
    if (done && probe == null) {
      finish(closeReason);
    } else if (deadline == null) {
      deadline = new CloseDeadline(this, server.config().closeTimeout());
      deadline.start();
    }
  }

  /** Closes the transport. Called again for a closed session whose client is too slow. */
  private void finish(CloseReason reason) {
    state = State.CLOSED;
    if (deadline != null) {
      deadline.cancel();
    }
    endProbe();
    transport.close(reason);
    OutboundBuffer waiting = buffer;
    if (reason == CloseReason.SLOW_CONSUMER) {
      unwatch();
    } else if (waiting != null) {
      waiting.dropWaiting();
      unwatchIfTaken();
    }
    server.forget(this);
  }

  /** Runs a call of the listener. If the listener throws, only this session ends. */
  private void guard(Runnable call) {
    try {
      call.run();
    } catch (Throwable e) {
      LOG.error("listener failed, closing its session", e);
      end(CloseReason.FORCED_SERVER_CLOSE);
    }
  }

  private final class Events implements TransportEvents {
    @Override
    public void received(EngineIoPacket packet) {
      if (state != State.OPEN) {
        if (packet instanceof EngineIoPacket.Close) {
          closeReason = CloseReason.TRANSPORT_CLOSE;
          endProbe();
          tellTheEnd();
        }
        return;
      }
      if (packet instanceof EngineIoPacket.Pong) {
        heartbeat.pong();
        return;
      }
      heartbeat.heard();
      if (packet instanceof EngineIoPacket.Message message) {
        EngineIoSession session = EngineIoSession.this;
        guard(() -> server.listener().message(session, message.data(), message.binary()));
      } else if (packet instanceof EngineIoPacket.Close) {
        end(CloseReason.TRANSPORT_CLOSE);
      } else if (packet instanceof EngineIoPacket.Ping) {
        end(CloseReason.TRANSPORT_ERROR);
      }
    }

    @Override
    public void ready() {
      if (state == State.CLOSED) {
        unwatchIfTaken();
        return;
      }
      boolean waiting = buffer != null;
      drain();
      if (state == State.CLOSING) {
        transport.flush();
        countResponse();
        tellTheEnd();
      } else if (waiting && transport.kind() == TransportKind.POLLING) {
        flushLater();
      }
    }

    @Override
    public void failed(CloseReason reason) {
      if (state == State.OPEN) {
        end(reason);
      } else if (state == State.CLOSED) {
        unwatchIfTaken();
      } else if (reason != CloseReason.TRANSPORT_CLOSE || !transport.ready()) {
        finish(reason);
      }
      // Otherwise the client has sent its close frame, but still reads. It gets the rest.
    }
  }
}
