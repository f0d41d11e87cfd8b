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
public final class EngineIoSession implements Target, TransportEvents {
  private static final Logger LOG = LoggerFactory.getLogger(EngineIoSession.class);

  private enum State {
    OPEN,
    CLOSING,
    CLOSED
  }

  private final EngineIoServer server;
  private final String id = SessionIds.next();
  private final HandshakeRequest request;
  private final SessionExecutor loop;
  private final ClientWriter writer;
  private final Heartbeat heartbeat;
  private volatile @Nullable Object attachment;

  // Only the event loop of the session reads and writes the following fields.
  private State state = State.OPEN;
  private CloseReason closeReason = CloseReason.TRANSPORT_CLOSE;
  private @Nullable CloseDeadline deadline; // Null until CLOSING has to wait for the client.
  private @Nullable UpgradeProbe probe;

  EngineIoSession(
      EngineIoServer server,
      HandshakeRequest request,
      SessionExecutor loop,
      Function<String, EngineIoTransport> transport) {
    this.server = server;
    this.request = request;
    this.loop = loop;
    this.writer = new ClientWriter(this, transport.apply(id));
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
    return writer.transport();
  }

  /** This session, so that messages can be sent to the client itself. */
  @Override
  public EngineIoSession engineSession() {
    return this;
  }

  /** Whether the session has not ended. Only on the loop. */
  @Override
  public boolean open() {
    return state == State.OPEN;
  }

  /** Whether the session has ended, but the client still gets the rest. */
  boolean closing() {
    return state == State.CLOSING;
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
    return open() && writer.writable();
  }

  /** The bytes that wait for the client, here and in the transport. Only on the loop. */
  public long queuedBytes() {
    return writer.queuedBytes();
  }

  /**
   * Stops or resumes reading from the client, for a layer above that cannot keep up. While reading
   * is stopped, the client still gets pings, but its answers cannot arrive and are not overdue.
   * Does nothing if the session has ended. Only on the loop.
   *
   * @param on false stops reading, true resumes it
   */
  public void read(boolean on) {
    if (open() && heartbeat.suspended() == on) {
      if (on) {
        heartbeat.resume();
      } else {
        heartbeat.suspend();
      }
      transport().read(on);
    }
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
    if (!open() || probe != null || transport().kind() == candidate.kind()) {
      candidate.close(CloseReason.FORCED_CLOSE);
      return;
    }
    probe = new UpgradeProbe(this, candidate);
    probe.start(config().upgradeTimeout());
  }

  EngineIoConfig config() {
    return server.config();
  }

  ClientQueues.OnLoop queues() {
    return server.queues(loop);
  }

  ClientWriter writer() {
    return writer;
  }

  void start() {
    EngineIoTransport first = transport();
    OpenData data = config().openData(id, first.kind());
    heartbeat.start();
    // Messages that the listener sends now are queued on the loop. They follow the open packet, in
    // a response of their own.
    guard(() -> server.listener().opened(this));
    if (open()) {
      first.write(new EngineIoPacket.Open(data.json()));
      first.flush();
      first.bind(this);
    }
  }

  /** A packet of the client arrived. For its transport. */
  @Override
  public void received(EngineIoPacket packet) {
    if (!open()) {
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
    if (heartbeat.awaitsAnswer()) {
      heartbeat.heard();
    }
    if (packet instanceof EngineIoPacket.Message message) {
      try {
        server.listener().message(this, message.data(), message.binary());
      } catch (Throwable e) {
        listenerFailed(e);
      }
    } else if (packet instanceof EngineIoPacket.Close) {
      end(CloseReason.TRANSPORT_CLOSE);
    } else if (packet instanceof EngineIoPacket.Ping) {
      end(CloseReason.TRANSPORT_ERROR);
    }
  }

  /** The transport may be writable again, or holds fewer bytes. For that transport. */
  @Override
  public void ready() {
    writer.ready();
    tellTheEnd();
  }

  /** The transport ended, or its client broke a rule. For that transport. */
  @Override
  public void failed(CloseReason reason) {
    if (open()) {
      end(reason);
    } else if (state == State.CLOSED) {
      writer.unwatchIfTaken();
    } else if (reason != CloseReason.TRANSPORT_CLOSE || !transport().ready()) {
      finish(reason);
    }
    // Otherwise the client has sent its close frame, but still reads. It gets the rest.
  }

  /** Completes an upgrade: the WebSocket replaces the polling transport. */
  void switchTo(EngineIoTransport upgraded) {
    probe = null;
    writer.leavePolling();
    if (state == State.CLOSED) {
      // A packet that the old transport passed on just now has ended the session.
      upgraded.close(closeReason);
      return;
    }
    writer.use(upgraded);
    if (open()) {
      guard(() -> server.listener().upgraded(this));
    }
    upgraded.bind(this);
    if (heartbeat.suspended() && open()) {
      upgraded.read(false);
    }
    // The WebSocket may have become writable before it was bound to this session.
    writer.drain();
    tellTheEnd();
  }

  /** The upgrade that was under way has failed, and its WebSocket is closed. */
  void probeEnded() {
    probe = null;
    tellTheEnd();
  }

  private void endProbe() {
    UpgradeProbe running = probe;
    if (running != null) {
      running.failed(closeReason);
    }
  }

  /** A message to the client was dropped because the client does not keep up. */
  void dropped() {
    guard(() -> server.listener().dropped(this));
  }

  /** Ends the session as {@link CloseReason#SLOW_CONSUMER} and drops all bytes that wait. */
  void giveUp() {
    if (open()) {
      dropped();
      end(CloseReason.SLOW_CONSUMER);
    } else {
      finish(CloseReason.SLOW_CONSUMER);
    }
  }

  void end(CloseReason reason) {
    if (!open()) {
      return;
    }
    closeReason = reason;
    heartbeat.stop();
    if (reason != CloseReason.FORCED_SERVER_CLOSE) {
      endProbe();
    }
    if (reason.leavesTheRest(transport().kind())) {
      state = State.CLOSING;
      if (heartbeat.suspended()) {
        // Messages of the client are ignored from now on, so it is safe to read again.
        transport().read(true);
      }
      writer.flush();
      tellTheEnd();
    } else {
      finish(reason);
    }
    guard(() -> server.listener().closed(this, reason));
  }

  /**
   * In CLOSING, closes the transport if the client has all messages. Otherwise starts the close
   * deadline. Over polling, the transport is closed with the poll that follows the last messages.
   */
  private void tellTheEnd() {
    if (!closing()) {
      return;
    }
    EngineIoTransport last = transport();
    boolean done =
        last.writable() ? writer.nothingWaits() : !last.ready() && !closeReason.awaitsPoll();
    if (done && probe == null) {
      finish(closeReason);
    } else if (deadline == null) {
      deadline = new CloseDeadline(this, config().closeTimeout());
      deadline.check();
    }
  }

  /** Closes the transport. Called again for a closed session whose client is too slow. */
  private void finish(CloseReason reason) {
    state = State.CLOSED;
    if (deadline != null) {
      deadline.cancel();
    }
    endProbe();
    writer.close(reason);
    server.forget(this);
  }

  /** Runs a call of the listener. If the listener throws, only this session ends. */
  private void guard(Runnable call) {
    try {
      call.run();
    } catch (Throwable e) {
      listenerFailed(e);
    }
  }

  private void listenerFailed(Throwable cause) {
    LOG.error("listener failed, closing its session", cause);
    end(CloseReason.FORCED_SERVER_CLOSE);
  }
}
