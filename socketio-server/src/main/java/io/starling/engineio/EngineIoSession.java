package io.starling.engineio;

import io.starling.engineio.protocol.EngineIoPacket;
import io.starling.engineio.protocol.OpenData;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection, over whatever transports. Its state belongs to one event loop; what may
 * be called from other threads says so.
 *
 * <pre>
 * OPEN ── the client is gone, or broke a rule ──▶ CLOSED
 *   └──── it may still get what is left ──▶ CLOSING ── it has, is gone, or too slow ──▶ CLOSED
 * </pre>
 *
 * <p>In CLOSING, an end that the application asked for first waits for a running upgrade. Then the
 * client gets what is left, and after that, over polling with the next poll, the end: an official
 * client that finds the end in the response that brings the last messages forgets these. What the
 * client sends meanwhile is ignored, except that it leaves. What waits counts as in OPEN, and what
 * the transport holds counts in CLOSED too, until that has left or was dropped.
 */
public final class EngineIoSession {
  private static final Logger LOG = LoggerFactory.getLogger(EngineIoSession.class);

  /** A response of which more than this was not sent yet counts as waiting. */
  private static final long LONG_RESPONSE_BYTES = 64 << 10;

  /** A message of more than this counts as waiting while the transport holds it and is full. */
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

  // Owned by the loop.
  private final Heartbeat heartbeat;
  private @Nullable OutboundBuffer buffer; // Null while nothing waits.
  private State state = State.OPEN;
  private CloseReason closeReason = CloseReason.TRANSPORT_CLOSE;
  private @Nullable CloseDeadline deadline; // Null unless closing.
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

  /** The session id: 20 characters, secret between the server and this client. Any thread. */
  public String id() {
    return id;
  }

  /** The request that opened the session. Any thread. */
  public HandshakeRequest request() {
    return request;
  }

  /** The event loop that owns the session, for its whole life. Any thread. */
  public SessionExecutor loop() {
    return loop;
  }

  /** The transport that carries the session now, or did last. Any thread. */
  public EngineIoTransport transport() {
    return transport;
  }

  /**
   * Ends the session after everything that the calling thread sent to it before. What a polling
   * client has not fetched waits for it. Does nothing when it has ended. Any thread; never blocks.
   */
  public void close(CloseReason reason) {
    loop.execute(() -> end(reason));
  }

  /** Whether the client keeps up, so that a message that may be dropped need not be. */
  public boolean writable() {
    return state == State.OPEN && nothingWaits() && transport.writable();
  }

  private boolean nothingWaits() {
    OutboundBuffer waiting = buffer;
    return waiting == null || waiting.isEmpty();
  }

  /** How many bytes wait for the client. */
  public long queuedBytes() {
    OutboundBuffer waiting = buffer;
    return transport.pendingBytes() + (waiting == null ? 0 : waiting.bytes());
  }

  /**
   * Stops or goes on reading what the client sends, for a layer above that cannot keep up.
   * Meanwhile the client is pinged, but no answer is overdue. Only on the loop.
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

  /** Ties an object of the layer above to the session. Any thread. */
  public void attach(Object value) {
    attachment = value;
  }

  /** What was attached last, or null. Any thread. */
  public @Nullable Object attachment() {
    return attachment;
  }

  /**
   * Ends the session if its client is overdue, though the timer has not fired yet. For carriers,
   * before they hand over a request.
   */
  public void endIfOverdue() {
    if (heartbeat.expired()) {
      end(CloseReason.PING_TIMEOUT);
    }
  }

  /**
   * Tries a WebSocket that wants to take the session over; one that comes too late, or second, is
   * closed. For carriers.
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
    // What the listener sends is queued: it comes after the open packet, in a response of its own.
    guard(() -> server.listener().opened(this));
    if (state == State.OPEN) {
      transport.write(new EngineIoPacket.Open(data.json()));
      transport.flush();
      transport.bind(events);
    }
  }

  /**
   * Writes a message, or lets it wait.
   *
   * @param flushNow sends it at once where the transport can, not at the end of the turn
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

  /** Answers a pending poll with what there is, or with nothing. */
  void releasePoll() {
    if (transport.ready()) {
      transport.write(new EngineIoPacket.Noop());
      transport.flush();
    }
  }

  void switchTo(EngineIoTransport upgraded) {
    probe = null;
    transport.flush();
    if (transport.pendingBytes() > LONG_RESPONSE_BYTES) {
      // A client upgrades when it has its last response, so this one will not read it.
      transport.close(CloseReason.SLOW_CONSUMER);
    } else {
      transport.discard();
    }
    if (state == State.CLOSED) {
      // By what the old transport still had to hand on.
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
    // The transport may have become writable before it told this session.
    drain();
  }

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

  /** Since when the oldest byte waits for the client. */
  long waitingSinceNanos() {
    OutboundBuffer waiting = buffer;
    return waiting == null ? loop.nanoTime() : waiting.sinceNanos();
  }

  /** Gives the client up if much waits for it and it has taken nothing for too long. */
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

  /** Ends the session of a client that does not take what waits for it. */
  void giveUp() {
    if (state == State.OPEN) {
      guard(() -> server.listener().dropped(this));
      end(CloseReason.SLOW_CONSUMER);
    } else {
      finish(CloseReason.SLOW_CONSUMER);
    }
  }

  /** A ping does not wait behind messages for which the client has no room yet. */
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
   * What waits for the client, counted from now on.
   *
   * @param shared whether the transport holds what others get as well
   * @param held what the transport holds that is counted otherwise
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

  /** Drops what still waits, and counts nothing any more. */
  private void unwatch() {
    OutboundBuffer waiting = buffer;
    if (waiting != null) {
      buffer = null;
      waiting.end();
    }
  }

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

  /** Counts a response that the client does not take at once, in place of its messages. */
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
        // What arrives is ignored from now on, so it need not wait.
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

  /** Ends the transport once the client has what is left: over polling with the poll after that. */
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

  /** Ends the transport. A session that has ended comes here again if its client is too slow. */
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

  /** The layer above must not fail; if it does, it costs one session and not the loop. */
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
      // Else the client says that it leaves, and still gets the rest.
    }
  }
}
