package io.starling.client.engineio;

import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.protocol.engineio.MalformedPacketException;
import io.starling.protocol.engineio.OpenData;
import io.starling.protocol.engineio.PacketCodec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of Engine.IO v4, from its handshake to its end. Safe for any thread; no method
 * blocks.
 *
 * <pre>
 * OPENING ─ open packet → OPEN ─ close() → CLOSING ─ all sent → CLOSED
 *    └──────────── failure ──┴───────────────┴──────────────────→ CLOSED
 * </pre>
 *
 * <p>While the state is OPEN, a connection that polls may try a WebSocket, the <em>probe</em>. Once
 * the server has answered on it, the connection stops sending, lets the pending requests end, and
 * goes on with the WebSocket.
 */
public final class EngineIoConnection {
  /** The name of HTTP long-polling. */
  public static final String POLLING = "polling";

  /** The name of the WebSocket transport. */
  public static final String WEBSOCKET = "websocket";

  private static final Logger log = LoggerFactory.getLogger(EngineIoConnection.class);
  private static final String PROBE = "probe";
  private static final Duration UPGRADE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private final Transport.Factory transports;
  private final Config config;
  private final Timers timers;
  private final EngineIoListener listener;
  private final CompletableFuture<Object> ended = new CompletableFuture<>();

  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock, down to the next blank line. Nothing is called under the lock.
  private State state = State.OPENING;
  private int tried;
  private @Nullable Transport current;
  private @Nullable Transport probe;
  private CompletableFuture<?> probing = CompletableFuture.completedFuture(null);
  private boolean switching;
  private final Deque<EngineIoPacket> queue = new ArrayDeque<>();
  private boolean sending;
  private boolean closeSent;
  private boolean reading = true;
  private boolean pongQueued;
  private @Nullable Runnable afterSending;
  private int maxPayloadBytes = Integer.MAX_VALUE;
  private Timers.@Nullable Task heartbeat;
  private Timers.@Nullable Task deadline;

  private volatile long queuedBytes; // written under the lock
  private volatile long heardNanos;
  private volatile Duration silence = Duration.ZERO;

  /**
   * What a connection may do.
   *
   * @param transports the names of the transports, the first to try first
   * @param tryAll whether a transport that cannot be opened is followed by the next one
   * @param upgrade whether polling changes to WebSocket, if both are allowed
   */
  public record Config(List<String> transports, boolean tryAll, boolean upgrade) {}

  private enum State {
    OPENING,
    OPEN,
    CLOSING,
    CLOSED
  }

  /** Makes a connection over the network, which {@link #open} begins. */
  public static EngineIoConnection create(
      HttpClients.Lease http, Endpoint endpoint, Config config, EngineIoListener listener) {
    Transport.Factory transports =
        (name, sid, events) ->
            name.equals(POLLING)
                ? new PollingTransport(http.client(), endpoint, events)
                : new WebSocketTransport(http.client(), endpoint, sid, events);
    return new EngineIoConnection(transports, config, ClientThreads.TIMERS, listener);
  }

  /** A connection over any transports and any clock. */
  public EngineIoConnection(
      Transport.Factory transports, Config config, Timers timers, EngineIoListener listener) {
    this.transports = transports;
    this.config = config;
    this.timers = timers;
    this.listener = listener;
  }

  /** Begins. Called once. */
  public void open() {
    start(config.transports.get(0));
  }

  private void start(String name) {
    Carrier carrier = new Carrier();
    Transport transport = transports.create(name, null, carrier);
    carrier.transport = transport;
    lock.lock();
    try {
      if (state != State.OPENING) {
        return;
      }
      current = transport;
    } finally {
      lock.unlock();
    }
    log.debug("opening: {}", name);
    transport.open();
  }

  /** The name of the transport in use. */
  public String transport() {
    lock.lock();
    try {
      return current == null ? config.transports.get(0) : current.name();
    } finally {
      lock.unlock();
    }
  }

  /** How many bytes wait to be sent. */
  public long queuedBytes() {
    return queuedBytes;
  }

  /** Whether a message would be handed to the network at once. */
  public boolean writable() {
    lock.lock();
    try {
      return state == State.OPEN && !sending && !switching && queue.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Queues messages without sending them; {@link #flush} follows, outside of the caller's locks.
   * Does nothing when the connection is not open.
   */
  public void queue(List<EngineIoPacket.Message> messages) {
    lock.lock();
    try {
      if (state == State.OPEN) {
        messages.forEach(this::enqueue);
      }
    } finally {
      lock.unlock();
    }
  }

  private void enqueue(EngineIoPacket packet) {
    queue.add(packet);
    queuedBytes += PacketCodec.textLength(packet);
  }

  /** Sends what is queued, unless it is being sent. */
  public void flush() {
    while (true) {
      List<EngineIoPacket> batch = List.of();
      Transport to;
      lock.lock();
      try {
        to = current;
        if (to == null || sending || switching || state == State.OPENING || closeSent) {
          return;
        }
        if (!queue.isEmpty()) {
          batch = batch();
          sending = true;
        } else if (state == State.CLOSING) {
          closeSent = true;
        } else {
          return;
        }
      } finally {
        lock.unlock();
      }
      if (batch.isEmpty()) {
        to.close().whenComplete((done, failure) -> endByClient());
        return;
      }
      List<EngineIoPacket> packets = batch;
      CompletableFuture<?> sent = to.send(packets);
      if (!sent.isDone()) {
        sent.whenComplete(
            (done, failure) -> {
              sent(packets);
              flush();
            });
        return;
      }
      sent(packets);
    }
  }

  /** The packets that fit into what the server accepts, and at least one. */
  private List<EngineIoPacket> batch() {
    List<EngineIoPacket> batch = new ArrayList<>();
    long bytes = 0;
    while (!queue.isEmpty()) {
      bytes += PacketCodec.textLength(queue.element()) + 1;
      if (!batch.isEmpty() && bytes > maxPayloadBytes) {
        break;
      }
      EngineIoPacket next = queue.remove();
      pongQueued &= !(next instanceof EngineIoPacket.Pong);
      batch.add(next);
    }
    return batch;
  }

  private void sent(List<EngineIoPacket> batch) {
    long bytes = 0;
    for (EngineIoPacket packet : batch) {
      bytes += PacketCodec.textLength(packet);
    }
    Runnable next;
    lock.lock();
    try {
      sending = false;
      queuedBytes = Math.max(0, queuedBytes - bytes);
      next = afterSending;
      afterSending = null;
    } finally {
      lock.unlock();
    }
    if (next != null) {
      next.run();
    }
  }

  private void endByClient() {
    end(CloseReason.CLIENT, "closed by the client", null);
  }

  /** Stops or continues reading. While reading is stopped, the heartbeat is not watched. */
  public void read(boolean on) {
    lock.lock();
    try {
      if (reading == on) {
        return;
      }
      reading = on;
      heardNanos = timers.nanos();
    } finally {
      lock.unlock();
    }
    tellReading();
  }

  /** Tells the transport whether to read, again if another thread changed it meanwhile. */
  private void tellReading() {
    Transport told = null;
    boolean on = true;
    while (true) {
      lock.lock();
      try {
        if (current == null || (told == current && on == reading)) {
          return;
        }
        told = current;
        on = reading;
      } finally {
        lock.unlock();
      }
      told.read(on);
    }
  }

  /** Ends the connection after everything that was queued was sent, within a second. */
  public void close() {
    boolean now;
    Transport abandoned = null;
    lock.lock();
    try {
      if (state == State.CLOSING || state == State.CLOSED) {
        return;
      }
      now = state == State.OPENING;
      state = State.CLOSING;
      if (!switching) {
        abandoned = probe;
        probe = null;
      }
      cancel(deadline);
      deadline = timers.schedule(CLOSE_TIMEOUT, this::endByClient);
    } finally {
      lock.unlock();
    }
    if (abandoned != null) {
      abandoned.abort();
    }
    if (now) {
      endByClient();
    } else {
      flush();
    }
  }

  /** Ends the connection at once, for a reason that this side found. */
  public void fail(CloseReason reason, String detail) {
    end(reason, detail, null);
  }

  /** Completes when the connection has ended. */
  public CompletableFuture<?> ended() {
    return ended;
  }

  private void end(CloseReason reason, String detail, @Nullable Throwable cause) {
    List<Transport> open = new ArrayList<>();
    lock.lock();
    try {
      if (state == State.CLOSED) {
        return;
      }
      state = State.CLOSED;
      add(open, current);
      add(open, probe);
      current = null;
      probe = null;
      queue.clear();
      queuedBytes = 0;
      cancel(heartbeat);
      cancel(deadline);
    } finally {
      lock.unlock();
    }
    open.forEach(Transport::abort);
    log.debug("closed: {}, {}", reason, detail);
    listener.closed(reason, detail, cause);
    ended.complete(ended);
  }

  private static void add(List<Transport> open, @Nullable Transport transport) {
    if (transport != null) {
      open.add(transport);
    }
  }

  private static void cancel(Timers.@Nullable Task task) {
    if (task != null) {
      task.cancel();
    }
  }

  private void packet(Transport from, EngineIoPacket packet) {
    heardNanos = timers.nanos();
    boolean probing;
    boolean ignored;
    boolean opening;
    lock.lock();
    try {
      probing = from == probe && !switching;
      ignored = from != current;
      opening = state == State.OPENING;
    } finally {
      lock.unlock();
    }
    if (probing) {
      probed(from, packet);
    } else if (ignored) {
      log.debug("ignored: {}", packet);
    } else if (packet instanceof EngineIoPacket.Open open) {
      opened(from, open, opening);
    } else if (opening) {
      throw new MalformedPacketException("packet: " + packet + " (expected: an open packet)");
    } else if (packet instanceof EngineIoPacket.Message message) {
      listener.message(message);
    } else if (packet instanceof EngineIoPacket.Ping ping) {
      pong(ping);
    } else if (packet instanceof EngineIoPacket.Close) {
      end(CloseReason.TRANSPORT_CLOSE, "the server closed the session", null);
    }
  }

  private void opened(Transport from, EngineIoPacket.Open packet, boolean opening) {
    if (!opening) {
      throw new MalformedPacketException("packet: a second open packet (expected: one)");
    }
    OpenData data = OpenData.parse(packet.json());
    from.session(data.sid());
    silence = data.pingInterval().plus(data.pingTimeout());
    lock.lock();
    try {
      if (state != State.OPENING) {
        return;
      }
      state = State.OPEN;
      maxPayloadBytes = from.name().equals(POLLING) ? data.maxPayloadBytes() : Integer.MAX_VALUE;
      heartbeat = timers.schedule(silence, this::checkHeartbeat);
    } finally {
      lock.unlock();
    }
    log.debug("open: {}", from.name());
    listener.opened();
    boolean upgrade =
        config.upgrade
            && from.name().equals(POLLING)
            && config.transports.contains(WEBSOCKET)
            && data.upgrades().contains(WEBSOCKET);
    if (upgrade) {
      probe(data.sid());
    }
  }

  /**
   * Answers a heartbeat. A pong that still waits answers all pings before it, so that pings that
   * nobody asked for do not fill the queue.
   */
  private void pong(EngineIoPacket.Ping ping) {
    lock.lock();
    try {
      if (!pongQueued && state == State.OPEN) {
        pongQueued = true;
        enqueue(new EngineIoPacket.Pong(ping.data()));
      }
    } finally {
      lock.unlock();
    }
    flush();
  }

  private void checkHeartbeat() {
    Duration left;
    lock.lock();
    try {
      if (state != State.OPEN) {
        return;
      }
      if (!reading) {
        heardNanos = timers.nanos();
      }
      left = silence.minusNanos(timers.nanos() - heardNanos);
      if (!left.isZero() && !left.isNegative()) {
        heartbeat = timers.schedule(left, this::checkHeartbeat);
        return;
      }
    } finally {
      lock.unlock();
    }
    String detail = "heartbeat: none (expected: within " + silence.toMillis() + " ms)";
    end(CloseReason.PING_TIMEOUT, detail, null);
  }

  private void probe(String sid) {
    Carrier carrier = new Carrier();
    Transport transport = transports.create(WEBSOCKET, sid, carrier);
    carrier.transport = transport;
    lock.lock();
    try {
      if (state != State.OPEN) {
        return;
      }
      probe = transport;
      deadline = timers.schedule(UPGRADE_TIMEOUT, () -> probeLate(transport));
    } finally {
      lock.unlock();
    }
    transport.open();
  }

  private void probeLate(Transport late) {
    lock.lock();
    try {
      if (late != probe && !switching) {
        return;
      }
    } finally {
      lock.unlock();
    }
    String fault = "upgrade: no answer (expected: within " + UPGRADE_TIMEOUT.toSeconds() + " s)";
    closed(late, CloseReason.TRANSPORT_ERROR, fault, null);
    late.abort();
  }

  private void probed(Transport from, EngineIoPacket packet) {
    Transport old;
    if (!(packet instanceof EngineIoPacket.Pong pong && pong.data().equals(PROBE))) {
      closed(from, CloseReason.PARSE_ERROR, "upgrade: " + packet + " (expected: 3probe)", null);
      from.abort();
      return;
    }
    lock.lock();
    try {
      old = current;
      if (state != State.OPEN || old == null) {
        return;
      }
      switching = true;
    } finally {
      lock.unlock();
    }
    old.pause().whenComplete((done, failure) -> switchWhenSent(from));
  }

  /** The pending poll has ended. A pending POST must end, too, before the server may be told. */
  private void switchWhenSent(Transport to) {
    CompletableFuture<?> asked;
    lock.lock();
    try {
      if (sending) {
        afterSending = () -> switchWhenSent(to);
        return;
      }
      if (state == State.CLOSED) {
        return;
      }
      // Before the server is told, because its next messages may overtake the stage of that.
      current = to;
      probe = null;
      maxPayloadBytes = Integer.MAX_VALUE;
      asked = probing;
    } finally {
      lock.unlock();
    }
    // The answer may overtake the stage of the probe.
    asked
        .thenCompose(done -> to.send(List.of(new EngineIoPacket.Upgrade())))
        .whenComplete((done, failure) -> switched());
  }

  private void switched() {
    lock.lock();
    try {
      switching = false;
      if (state == State.CLOSED) {
        return;
      }
      if (state == State.OPEN) {
        cancel(deadline);
        deadline = null;
      }
    } finally {
      lock.unlock();
    }
    log.debug("upgraded");
    listener.upgraded();
    tellReading();
    flush();
  }

  private void closed(
      Transport from, CloseReason reason, String detail, @Nullable Throwable cause) {
    boolean ofProbe;
    boolean next;
    lock.lock();
    try {
      ofProbe = from == probe && !switching;
      if (from != current && from != probe) {
        return;
      }
      next = state == State.OPENING && config.tryAll && tried + 1 < config.transports.size();
      if (ofProbe) {
        probe = null;
        cancel(deadline);
      } else if (next) {
        tried++;
      }
    } finally {
      lock.unlock();
    }
    if (ofProbe) {
      listener.upgradeFailed(detail);
    } else if (next) {
      log.debug("{}: {}", from.name(), detail);
      start(config.transports.get(tried));
    } else {
      end(reason, detail, cause);
    }
  }

  /** The events of one transport. */
  private final class Carrier implements Transport.Events {
    private volatile @Nullable Transport transport;

    private Transport transport() {
      Transport known = transport;
      if (known == null) {
        throw new IllegalStateException("transport: none (expected: open() after create)");
      }
      return known;
    }

    @Override
    public void opened() {
      boolean probing;
      lock.lock();
      try {
        probing = transport == probe;
      } finally {
        lock.unlock();
      }
      if (probing) {
        CompletableFuture<?> sent = transport().send(List.of(new EngineIoPacket.Ping(PROBE)));
        lock.lock();
        try {
          EngineIoConnection.this.probing = sent;
        } finally {
          lock.unlock();
        }
      }
    }

    @Override
    public void packet(EngineIoPacket packet) {
      EngineIoConnection.this.packet(transport(), packet);
    }

    @Override
    public void closed(CloseReason reason, String detail, @Nullable Throwable cause) {
      EngineIoConnection.this.closed(transport(), reason, detail, cause);
    }
  }
}
