package io.starling.engineio;

import io.starling.engineio.protocol.EngineIoPacket;
import io.starling.engineio.protocol.OpenData;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection, over whatever transports. Its state belongs to one event loop; what may
 * be called from other threads says so.
 *
 * <pre>
 * OPEN ── ended, nothing left to tell ──▶ CLOSED
 *   └──── ended by the server ──▶ CLOSING ── told, the client left, or closeTimeout ──▶ CLOSED
 * </pre>
 *
 * <p>In CLOSING, an end that the application asked for first waits for a running upgrade. Then the
 * client gets what is left, and after that, over polling with the next poll, the end: an official
 * client that finds the end in the response that brings the last messages forgets these. What the
 * client sends meanwhile is ignored, except that it leaves.
 */
public final class EngineIoSession {
  private static final Logger LOG = LoggerFactory.getLogger(EngineIoSession.class);

  /** How much more than else may wait for a client until the network was asked. */
  private static final int SETTLING_FACTOR = 8;

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
  private @Nullable OutboundBuffer buffer;
  private State state = State.OPEN;
  private CloseReason closeReason = CloseReason.TRANSPORT_CLOSE;
  private SessionExecutor.@Nullable Cancellable lingering;
  private @Nullable UpgradeProbe probe;
  private boolean flushQueued;
  private boolean settling;

  /** The size of the message that a settling transport has not been given yet. */
  private long unwrittenBytes;

  /** The size of the largest message that came while the transport settled. */
  private long largestBytes;

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
    return state == State.OPEN && transport.ready() && transport.writable();
  }

  /** How many bytes wait for the client. */
  public long queuedBytes() {
    return bufferedBytes() + transport.pendingBytes();
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
    EngineIoConfig config = server.config();
    boolean upgradable =
        transport.kind() == TransportKind.POLLING
            && config.transports().contains(TransportKind.WEBSOCKET);
    OpenData data =
        new OpenData(
            id,
            upgradable ? List.of(TransportKind.WEBSOCKET.text()) : List.of(),
            config.pingInterval(),
            config.pingTimeout(),
            config.maxPayloadBytes());
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
   * Writes a message.
   *
   * @param flushNow sends it at once where the transport can, not at the end of the turn
   */
  void deliver(Delivery delivery, boolean flushNow) {
    if (state != State.OPEN) {
      return;
    }
    if (delivery.message().dropIfNotWritable() && !writable()) {
      guard(() -> server.listener().dropped(this));
      return;
    }
    boundQueue(delivery.bytes());
    if (state != State.OPEN) {
      return;
    }
    if (transport.ready()) {
      transport.write(delivery);
    } else {
      OutboundMessage message = delivery.message();
      message.packets().forEach(packet -> buffer().add(packet, message.compress()));
    }
    unwrittenBytes = 0;
    if (flushNow && transport.flushesAtOnce()) {
      transport.flush();
    } else {
      flushLater();
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
    transport.discard();
    transport = upgraded;
    drainTo(upgraded);
    upgraded.flush();
    if (state == State.CLOSING) {
      finish();
      return;
    }
    guard(() -> server.listener().upgraded(this));
    upgraded.bind(events);
  }

  void probeEnded() {
    probe = null;
    if (state == State.CLOSING) {
      tellTheEnd();
    }
  }

  /**
   * Gives up a client for whom too much waits. What waits for an event loop only is not the
   * client's fault, so the transport first gets to offer it to the network; several times as much
   * may wait meanwhile. A message of any size may wait alone.
   */
  private void boundQueue(long bytes) {
    if (settling) {
      largestBytes = Math.max(largestBytes, bytes);
      giveUpUnless(queuedBytes() / SETTLING_FACTOR <= server.config().maxQueuedBytes());
    } else if (!fits(bytes)) {
      settling = true;
      unwrittenBytes = bytes;
      largestBytes = bytes;
      transport.settle(this::settled);
    }
  }

  private void settled() {
    settling = false;
    giveUpUnless(fits(unwrittenBytes) || queuedBytes() + unwrittenBytes <= framed(largestBytes));
  }

  /** At most what a message takes with the frames around it. */
  private static long framed(long bytes) {
    return bytes + bytes / 8;
  }

  private void giveUpUnless(boolean fits) {
    if (state == State.OPEN && !fits) {
      guard(() -> server.listener().dropped(this));
      end(CloseReason.SLOW_CONSUMER);
    }
  }

  private boolean fits(long bytes) {
    long queued = queuedBytes();
    return queued == 0 || queued + bytes <= server.config().maxQueuedBytes();
  }

  void ping() {
    EngineIoPacket ping = new EngineIoPacket.Ping("");
    if (transport.ready()) {
      transport.write(ping);
      transport.flush();
    } else {
      buffer().add(ping, true);
    }
  }

  /** Made when a polling client is waited for; a WebSocket never has one. */
  private OutboundBuffer buffer() {
    OutboundBuffer made = buffer;
    if (made == null) {
      made = new OutboundBuffer();
      buffer = made;
    }
    return made;
  }

  private long bufferedBytes() {
    return buffer == null ? 0 : buffer.bytes();
  }

  private void drainTo(EngineIoTransport ready) {
    if (buffer != null) {
      buffer.drainTo(ready);
      buffer = null;
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
    }
  }

  void end(CloseReason reason) {
    if (state != State.OPEN) {
      return;
    }
    closeReason = reason;
    heartbeat.stop();
    UpgradeProbe running = probe;
    if (running != null && reason != CloseReason.FORCED_SERVER_CLOSE) {
      running.failed(reason);
    }
    if (reason == CloseReason.FORCED_CLOSE || reason == CloseReason.FORCED_SERVER_CLOSE) {
      state = State.CLOSING;
      transport.flush();
      if (probe == null) {
        tellTheEnd();
      }
    } else {
      finish();
    }
    guard(() -> server.listener().closed(this, reason));
  }

  /** Ends the transport now, or with the poll that follows the one that fetches what is left. */
  private void tellTheEnd() {
    if (transport.ready()) {
      finish();
    } else {
      lingering = loop.schedule(server.config().closeTimeout(), this::finish);
    }
  }

  private void finish() {
    state = State.CLOSED;
    if (lingering != null) {
      lingering.cancel();
    }
    UpgradeProbe running = probe;
    if (running != null) {
      running.failed(closeReason);
    }
    buffer = null;
    transport.close(closeReason);
    server.forget(this);
  }

  /** The layer above must not fail; if it does, it costs one session and not the loop. */
  private void guard(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      LOG.error("listener failed, closing its session", e);
      end(CloseReason.FORCED_SERVER_CLOSE);
    }
  }

  private void deliverUp(EngineIoPacket.Message message) {
    guard(() -> server.listener().message(this, message.data(), message.binary()));
  }

  private final class Events implements TransportEvents {
    @Override
    public void received(EngineIoPacket packet) {
      if (state != State.OPEN) {
        if (state == State.CLOSING && packet instanceof EngineIoPacket.Close) {
          closeReason = CloseReason.TRANSPORT_CLOSE;
          finish();
        }
        return;
      }
      if (packet instanceof EngineIoPacket.Pong) {
        heartbeat.pong();
        return;
      }
      heartbeat.heard();
      if (packet instanceof EngineIoPacket.Message message) {
        deliverUp(message);
      } else if (packet instanceof EngineIoPacket.Close) {
        end(CloseReason.TRANSPORT_CLOSE);
      } else if (packet instanceof EngineIoPacket.Ping) {
        end(CloseReason.TRANSPORT_ERROR);
      }
    }

    @Override
    public void ready() {
      boolean waiting = bufferedBytes() > 0;
      drainTo(transport);
      if (state == State.CLOSING) {
        transport.flush();
        if (transport.ready() && probe == null) {
          finish();
        }
      } else if (waiting) {
        flushLater();
      }
    }

    @Override
    public void failed(CloseReason reason) {
      if (state == State.CLOSING) {
        finish();
      } else {
        end(reason);
      }
    }
  }
}
