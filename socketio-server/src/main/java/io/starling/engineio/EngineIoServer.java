package io.starling.engineio;

import static io.starling.protocol.engineio.HandshakeError.BAD_HANDSHAKE_METHOD;
import static io.starling.protocol.engineio.HandshakeError.BAD_REQUEST;
import static io.starling.protocol.engineio.HandshakeError.FORBIDDEN;
import static io.starling.protocol.engineio.HandshakeError.UNKNOWN_SID;
import static io.starling.protocol.engineio.HandshakeError.UNKNOWN_TRANSPORT;
import static io.starling.protocol.engineio.HandshakeError.UNSUPPORTED_PROTOCOL_VERSION;

import io.starling.protocol.engineio.HandshakeError;
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
 * The Engine.IO sessions of one endpoint, without a network of its own. A carrier, such as the
 * Netty server, receives HTTP requests. It asks {@link #admit} about each, then opens a session or
 * passes the request to an existing one. The layer above, which is Socket.IO, sends messages with
 * {@link #send}. Thread-safe; never blocks.
 */
public final class EngineIoServer {
  private static final Logger LOG = LoggerFactory.getLogger(EngineIoServer.class);
  private static final String REVISION = "4";

  /** The approximate memory of a task for an event loop, without its message and targets. */
  private static final int TASK_BYTES = 128;

  /** The approximate memory of one target in a task's list. */
  private static final int TARGET_BYTES = 8;

  private final EngineIoConfig config;
  private final EngineIoListener listener;
  private final Map<String, EngineIoSession> sessions = new ConcurrentHashMap<>();
  private final Map<SessionExecutor, HeartbeatLines> heartbeats = new ConcurrentHashMap<>();
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

  /**
   * The number of sessions. Ended sessions count while their clients still fetch the last bytes.
   */
  public int sessionCount() {
    return sessions.size();
  }

  /**
   * The number of sessions that use a transport now. The call goes through all sessions, so its
   * cost grows with their number.
   */
  public int sessionCount(TransportKind kind) {
    return (int)
        sessions.values().stream().filter(session -> session.transport().kind() == kind).count();
  }

  /** The number of messages passed to {@code send} so far; each counts once for each target. */
  public long messagesSent() {
    return messagesSent.sum();
  }

  /** The bytes of the messages that {@link #messagesSent} counts, without framing. */
  public long bytesSent() {
    return bytesSent.sum();
  }

  /**
   * Checks a request. The checks run in the order of the official server, so that a request with
   * several faults gets the same error. A refusal is reported to the listener. For carriers.
   *
   * @param method the HTTP method, in upper case
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

  /**
   * The reason for which {@code allowRequest} refuses the client; null if it allows the client. A
   * test that throws refuses the client.
   */
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
   * Refuses a request because of its {@code Origin} field. Reports this to the listener, and to the
   * log once a minute for each origin. For carriers.
   *
   * @param setting the name of the setting that lists the allowed origins, for the log line
   */
  public Admission.Refused refuseOrigin(HandshakeRequest request, String setting) {
    String origin = request.header("Origin");
    refusals.refused(origin, setting);
    return refuse(request, BAD_REQUEST, "origin: " + origin);
  }

  /** Refuses a request for a reason that the carrier found, and reports this to the listener. */
  public Admission.Refused refuse(HandshakeRequest request, HandshakeError error, String detail) {
    listener.refused(request, error, detail);
    return new Admission.Refused(error, detail);
  }

  /**
   * Opens a session for a request that {@link #admit} allowed. For carriers. Must be called on
   * {@code loop}.
   *
   * @param loop the event loop that will own the session
   * @param transport makes the session's first transport; it gets the session id, and packets must
   *     be writable to the transport at once
   */
  public EngineIoSession open(
      HandshakeRequest request,
      SessionExecutor loop,
      Function<String, EngineIoTransport> transport) {
    EngineIoSession session = new EngineIoSession(this, request, loop, transport);
    sessions.put(session.id(), session);
    session.start();
    if (closed) {
      session.close(CloseReason.SERVER_SHUTTING_DOWN);
    }
    return session;
  }

  /**
   * Sends a message to many targets. The call queues one task on each event loop of these targets.
   * When the task runs, it skips targets that are no longer open. Any thread; never blocks. Each
   * session gets the messages of one thread in the order of that thread's calls.
   *
   * @param targets iterated over during the call only
   */
  public void send(Iterable<? extends Target> targets, OutboundMessage message) {
    List<List<Target>> groups = new ArrayList<>(4);
    for (Target target : targets) {
      group(groups, target.engineSession().loop()).add(target);
    }
    groups.forEach(group -> handOver(group, message));
  }

  /** Finds the group of a target's loop. There are few loops, so a search is cheaper than a map. */
  private static List<Target> group(List<List<Target>> groups, SessionExecutor loop) {
    for (int i = 0; i < groups.size(); i++) {
      if (loop(groups.get(i)) == loop) {
        return groups.get(i);
      }
    }
    List<Target> added = new ArrayList<>();
    groups.add(added);
    return added;
  }

  private static SessionExecutor loop(List<Target> targets) {
    return targets.get(0).engineSession().loop();
  }

  /**
   * Sends a message to one target, with the same promises as {@link #send(Iterable,
   * OutboundMessage)}.
   */
  public void send(Target target, OutboundMessage message) {
    handOver(List.of(target), message);
  }

  /** Hands a message over to the loop that all its targets have in common. */
  private void handOver(List<Target> targets, OutboundMessage message) {
    SessionExecutor loop = loop(targets);
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

  /**
   * Writes a message to its targets on one loop. A flush right after the write is cheapest, since
   * the session is still in the processor's cache. While more tasks wait, the flush is delayed,
   * because these tasks may write to the same sessions and can then share it.
   */
  private void deliver(SessionExecutor loop, List<Target> targets, OutboundMessage message) {
    Delivery delivery = new Delivery(message, targets.size() > 1);
    try {
      // An index instead of an iterator: most messages have one target on this loop.
      for (int i = 0; i < targets.size(); i++) {
        Target target = targets.get(i);
        if (target.open()) {
          target.engineSession().writer().deliver(delivery, !loop.busy());
        }
      }
    } finally {
      delivery.served();
      if (queues.tooMuch()) {
        queues.on(loop).giveUpSome();
      }
    }
  }

  /** The bytes that {@code send} has queued on event loops and the loops have not processed yet. */
  public long backlogBytes() {
    return backlogBytes.get();
  }

  /**
   * The bytes that wait for slow clients. A message that several clients share counts once for each
   * event loop. Any thread.
   */
  public long queuedBytes() {
    return queues.bytes();
  }

  /**
   * Ends all sessions as {@link CloseReason#SERVER_SHUTTING_DOWN} and opens no more. The call does
   * not wait for this; the listener gets {@link EngineIoListener#closed} for each session on the
   * session's loop.
   */
  public void close() {
    closed = true;
    sessions.values().forEach(session -> session.close(CloseReason.SERVER_SHUTTING_DOWN));
  }

  /**
   * Closes the connections of all clients for whom bytes still wait, and drops these bytes. For
   * carriers, after {@link #close} and before their event loops end.
   */
  public void abandon() {
    queues.giveUpAll();
  }

  EngineIoListener listener() {
    return listener;
  }

  HeartbeatLines heartbeats(SessionExecutor loop) {
    return heartbeats.computeIfAbsent(loop, added -> new HeartbeatLines(added, config));
  }

  ClientQueues.OnLoop queues(SessionExecutor loop) {
    return queues.on(loop);
  }

  void forget(EngineIoSession session) {
    sessions.remove(session.id(), session);
  }
}
