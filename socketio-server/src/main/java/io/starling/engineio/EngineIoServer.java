package io.starling.engineio;

import static io.starling.engineio.protocol.HandshakeError.BAD_HANDSHAKE_METHOD;
import static io.starling.engineio.protocol.HandshakeError.BAD_REQUEST;
import static io.starling.engineio.protocol.HandshakeError.FORBIDDEN;
import static io.starling.engineio.protocol.HandshakeError.UNKNOWN_SID;
import static io.starling.engineio.protocol.HandshakeError.UNKNOWN_TRANSPORT;
import static io.starling.engineio.protocol.HandshakeError.UNSUPPORTED_PROTOCOL_VERSION;

import io.starling.engineio.protocol.HandshakeError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of one endpoint. A carrier such as the Netty server asks {@link #admit} about every
 * request and then opens a session or feeds one; the layer above sends. Thread-safe, never blocks.
 */
public final class EngineIoServer {
  private static final Logger LOG = LoggerFactory.getLogger(EngineIoServer.class);
  private static final String REVISION = "4";

  /** What a task for an event loop costs beside its message. */
  private static final int TASK_BYTES = 128;

  private static final int TARGET_BYTES = 8;

  private final EngineIoConfig config;
  private final EngineIoListener listener;
  private final Map<String, EngineIoSession> sessions = new ConcurrentHashMap<>();
  private final Map<SessionExecutor, Heartbeats> heartbeats = new ConcurrentHashMap<>();
  private final ClientQueues queues;
  private final RefusalLog refusals;
  private final AtomicLong backlogBytes = new AtomicLong();
  private final LongAdder messagesSent = new LongAdder();
  private final LongAdder bytesSent = new LongAdder();
  private volatile boolean closed;

  /** A server without sessions. */
  public EngineIoServer(EngineIoConfig config, EngineIoListener listener) {
    this(config, listener, new RefusalLog(LOG::warn, System::nanoTime));
  }

  EngineIoServer(EngineIoConfig config, EngineIoListener listener, RefusalLog refusals) {
    this.config = config;
    this.listener = listener;
    this.queues = new ClientQueues(config);
    this.refusals = refusals;
  }

  /** The settings of the server. */
  public EngineIoConfig config() {
    return config;
  }

  /** How many sessions there are, those included whose last bytes wait to be fetched. */
  public int sessionCount() {
    return sessions.size();
  }

  /** How many sessions a transport carries now. Looks at all of them. */
  public int sessionCount(TransportKind kind) {
    return (int)
        sessions.values().stream().filter(session -> session.transport().kind() == kind).count();
  }

  /** How many messages were handed over by {@code send}, each once for each target. */
  public long messagesSent() {
    return messagesSent.sum();
  }

  /** The size of these messages. */
  public long bytesSent() {
    return bytesSent.sum();
  }

  /**
   * Judges a request in the order of the official server. For carriers.
   *
   * @param upgrade whether the request asks for a WebSocket
   */
  public Admission admit(HandshakeRequest request, String method, boolean upgrade) {
    TransportKind kind = TransportKind.of(parameter(request, "transport")).orElse(null);
    if (kind == null || !config.transports().contains(kind)) {
      return refuse(request, UNKNOWN_TRANSPORT, "transport: " + parameter(request, "transport"));
    }
    boolean fits = upgrade == (kind == TransportKind.WEBSOCKET);
    String sid = parameter(request, "sid");
    if (!sid.isEmpty()) {
      return admitTo(sid, request, kind, fits);
    }
    if (!method.equals("GET")) {
      return refuse(request, BAD_HANDSHAKE_METHOD, "method: " + method + " (expected: GET)");
    } else if (!fits) {
      return refuse(request, BAD_REQUEST, "transport: " + kind.text() + ", upgrade: " + upgrade);
    }
    String forbidden = forbidden(request);
    if (forbidden != null) {
      return refuse(request, FORBIDDEN, forbidden);
    } else if (!parameter(request, "EIO").equals(REVISION)) {
      return refuse(request, UNSUPPORTED_PROTOCOL_VERSION, "EIO: " + parameter(request, "EIO"));
    } else if (closed) {
      return refuse(request, BAD_REQUEST, "the server is being closed");
    }
    return new Admission.Opens(kind);
  }

  private Admission admitTo(
      String sid, HandshakeRequest request, TransportKind kind, boolean fits) {
    EngineIoSession session = sessions.get(sid);
    if (session == null) {
      return refuse(request, UNKNOWN_SID, "sid: unknown");
    } else if (!fits || (kind == TransportKind.POLLING && session.transport().kind() != kind)) {
      return refuse(request, BAD_REQUEST, "transport: " + kind.text() + " (mismatch)");
    } else if (!parameter(request, "EIO").equals(REVISION)) {
      return refuse(request, BAD_REQUEST, "EIO: " + parameter(request, "EIO") + " (mismatch)");
    }
    return new Admission.Belongs(session, kind == TransportKind.WEBSOCKET);
  }

  private static String parameter(HandshakeRequest request, String name) {
    String value = request.parameter(name);
    return value == null ? "" : value;
  }

  /** Why the application does not want the client; null when it does. A failure is no consent. */
  private @Nullable String forbidden(HandshakeRequest request) {
    try {
      if (config.allowRequest().test(request)) {
        return null;
      }
      refusals.refused(request.header("Origin"), "allowRequest");
      return "allowRequest: refused";
    } catch (Throwable e) {
      LOG.error("allowRequest failed, refusing the client", e);
      return "allowRequest: " + e;
    }
  }

  /**
   * Refuses a request whose origin may not connect. Tells the listener, and the log once a minute
   * for each origin. For carriers.
   *
   * @param setting that names the origins which may
   */
  public Admission.Refused refuseOrigin(HandshakeRequest request, String setting) {
    String origin = request.header("Origin");
    refusals.refused(origin, setting);
    return refuse(request, BAD_REQUEST, "origin: " + origin);
  }

  /** Refuses a request for a reason of the carrier's own, and tells the listener. */
  public Admission.Refused refuse(HandshakeRequest request, HandshakeError error, String detail) {
    listener.refused(request, error, detail);
    return new Admission.Refused(error, detail);
  }

  /**
   * Opens a session that {@link #admit} allowed. For carriers, on the loop that shall own it.
   *
   * @param transport makes the transport for the id of the session, ready to be written to
   */
  public EngineIoSession open(
      HandshakeRequest request,
      SessionExecutor loop,
      Function<String, EngineIoTransport> transport) {
    EngineIoSession session = new EngineIoSession(this, request, loop, transport);
    sessions.put(session.id(), session);
    session.open();
    if (closed) {
      session.close(CloseReason.SERVER_SHUTTING_DOWN);
    }
    return session;
  }

  /**
   * Sends a message to many targets: one task for each of their event loops, which leaves out the
   * targets that are not open by then. Any thread; never blocks. What one thread sends reaches
   * every session in the order of its calls.
   *
   * @param targets read during the call only
   */
  public void send(Iterable<? extends Target> targets, OutboundMessage message) {
    List<Group> groups = new ArrayList<>(4);
    for (Target target : targets) {
      group(groups, target.engineSession().loop()).targets().add(target);
    }
    groups.forEach(group -> handOver(group.loop(), group.targets(), message));
  }

  /** The targets of one event loop. */
  private record Group(SessionExecutor loop, List<Target> targets) {}

  /** Loops are few: looking through them costs less than a map for each message. */
  private static Group group(List<Group> groups, SessionExecutor loop) {
    for (int i = 0; i < groups.size(); i++) {
      if (groups.get(i).loop() == loop) {
        return groups.get(i);
      }
    }
    Group added = new Group(loop, new ArrayList<>());
    groups.add(added);
    return added;
  }

  /** Sends a message to one target, in the same order as the messages to many. */
  public void send(Target target, OutboundMessage message) {
    handOver(target.engineSession().loop(), List.of(target), message);
  }

  private void handOver(SessionExecutor loop, List<Target> targets, OutboundMessage message) {
    long bytes = message.bytes() + TASK_BYTES + (long) TARGET_BYTES * targets.size();
    backlogBytes.addAndGet(bytes);
    messagesSent.add(targets.size());
    bytesSent.add(message.bytes() * targets.size());
    boolean taken =
        loop.tryExecute(
            () -> {
              backlogBytes.addAndGet(-bytes);
              deliver(loop, targets, message);
            });
    if (!taken) {
      backlogBytes.addAndGet(-bytes);
    }
  }

  /** How many bytes were handed to event loops by {@code send} that have not come to it yet. */
  public long backlogBytes() {
    return backlogBytes.get();
  }

  /**
   * How many bytes wait for clients that do not take them at once; a message that clients share
   * counts once for each event loop. Any thread.
   */
  public long queuedBytes() {
    return queues.bytes();
  }

  /**
   * Ends all sessions as {@link CloseReason#SERVER_SHUTTING_DOWN} and opens no more. Does not wait:
   * the listener hears of each session on its loop.
   */
  public void close() {
    closed = true;
    sessions.values().forEach(session -> session.close(CloseReason.SERVER_SHUTTING_DOWN));
  }

  /**
   * Gives up the clients that have not taken what was left when they were disconnected. For
   * carriers, before their loops end.
   */
  public void abandon() {
    queues.giveUpAll();
  }

  EngineIoListener listener() {
    return listener;
  }

  Heartbeats heartbeats(SessionExecutor loop) {
    Heartbeats known = heartbeats.get(loop);
    return known == null
        ? heartbeats.computeIfAbsent(loop, added -> new Heartbeats(added, config))
        : known;
  }

  ClientQueues.OnLoop queues(SessionExecutor loop) {
    return queues.on(loop);
  }

  void forget(EngineIoSession session) {
    sessions.remove(session.id(), session);
  }

  /**
   * A flush is cheapest right behind its write, while the session is in the cache; while tasks wait
   * that may write to the same sessions, it is put off.
   */
  private void deliver(SessionExecutor loop, List<Target> targets, OutboundMessage message) {
    Delivery delivery = new Delivery(message, targets.size() > 1);
    try {
      // Without an iterator: most messages have one target on this loop.
      for (int i = 0; i < targets.size(); i++) {
        Target target = targets.get(i);
        if (target.open()) {
          target.engineSession().deliver(delivery, !loop.busy());
        }
      }
    } finally {
      delivery.served();
      queues.relieve(loop);
    }
  }
}
