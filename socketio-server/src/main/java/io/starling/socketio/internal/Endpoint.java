package io.starling.socketio.internal;

import io.starling.engineio.CloseReason;
import io.starling.engineio.EngineIoListener;
import io.starling.engineio.EngineIoServer;
import io.starling.engineio.EngineIoSession;
import io.starling.engineio.HandshakeRequest;
import io.starling.engineio.TransportKind;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.ClientManager;
import io.starling.protocol.engineio.HandshakeError;
import io.starling.protocol.payload.EventPayloadCodec;
import io.starling.protocol.socketio.PacketLimits;
import io.starling.protocol.socketio.SocketIoPacket;
import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Handshake;
import io.starling.socketio.ServerStatistics;
import io.starling.socketio.SocketIoListener;
import io.starling.socketio.SocketIoServerConfig;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Socket.IO server without its port. It is told of every Engine.IO session, gives each session a
 * {@link Connection}, and holds the parts that all connections and namespaces share. Safe for any
 * thread.
 */
final class Endpoint implements EngineIoListener {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);

  private static final Logger SERVER_LOG = LoggerFactory.getLogger("io.starling.socketio");

  /**
   * Writes events to the log. The loggers have fixed names, because operators set log levels by
   * name.
   */
  private static final SocketIoListener EVENTS =
      new EventLog(LoggerFactory.getLogger("io.starling.engineio"), SERVER_LOG);

  private final SocketIoServerConfig config;
  private final ClientManager manager;
  private final Threads threads;
  private final EngineIoServer engine;
  private final Namespaces namespaces = new Namespaces(this);
  private final Handlers anyNamespace = new Handlers(null);
  private final OpenSockets openSockets = new OpenSockets();
  private final ServerCounters counters = new ServerCounters();
  private final EventPayloadCodec hostCodec;
  private final PacketLimits packetLimits;
  private final PendingBytes pendingBytes = new PendingBytes();
  private final IncompletePackets incompletePackets = new IncompletePackets();
  private final SlowHandlers slowHandlers;

  Endpoint(SocketIoServerConfig config, ClientManager manager, Threads threads) {
    this.config = config;
    this.manager = manager;
    this.threads = threads;
    this.hostCodec = config.codec().withMaxAttachments(Integer.MAX_VALUE);
    this.packetLimits =
        new PacketLimits(config.codec().maxAttachments(), config.codec().maxJsonDepth());
    this.engine = new EngineIoServer(config.engine(), this);
    this.slowHandlers = new SlowHandlers(SERVER_LOG, threads.deadlines(), System::nanoTime);
    declare("/");
  }

  SocketIoServerConfig config() {
    return config;
  }

  ClientManager manager() {
    return manager;
  }

  EngineIoServer engine() {
    return engine;
  }

  /** Limits of the packets that clients send. */
  PacketLimits packetLimits() {
    return packetLimits;
  }

  EventPayloadCodec codec() {
    return config.codec();
  }

  /**
   * The codec for data that only servers exchange. It has no bound on the number of binary values.
   */
  EventPayloadCodec hostCodec() {
    return hostCodec;
  }

  Executor handlers() {
    return threads.handlers();
  }

  Executor callbacks() {
    return threads.callbacks();
  }

  Deadlines deadlines() {
    return threads.deadlines();
  }

  /** The bytes that wait for handlers in all connections together. */
  PendingBytes pendingBytes() {
    return pendingBytes;
  }

  IncompletePackets incompletePackets() {
    return incompletePackets;
  }

  SlowHandlers slowHandlers() {
    return slowHandlers;
  }

  OpenSockets openSockets() {
    return openSockets;
  }

  Namespaces namespaces() {
    return namespaces;
  }

  /** The namespace of this name; it is created if it does not exist yet. */
  DefaultNamespace declare(String name) {
    return namespaces.declare(name);
  }

  /**
   * An operator that addresses all clients of a namespace. This server need not have the namespace.
   */
  BroadcastOperator broadcast(String namespace) {
    return BroadcastOperator.of(manager, codec(), namespace).timeout(config.ackTimeout());
  }

  Handlers anyNamespace() {
    return anyNamespace;
  }

  /**
   * Turns an exception of the application into a refusal. The client gets the message and data of a
   * {@link ConnectRefusedException}. Of any other exception it gets only "Connection refused". Do
   * not call this method on an event loop, because the application's JSON mapper encodes the data.
   */
  Refusal refusal(Throwable cause) {
    return cause instanceof ConnectRefusedException refused
        ? new Refusal(String.valueOf(refused.getMessage()), written(refused.data()), cause)
        : new Refusal("Connection refused", null, cause);
  }

  private @Nullable JsonNode written(@Nullable Object data) {
    if (data == null) {
      return null;
    }
    try {
      return codec().decode(hostCodec.encodeArguments(List.of(data))).node(0);
    } catch (Throwable e) {
      LOG.error("data of a refusal left out", e);
      return null;
    }
  }

  /**
   * The CONNECT_ERROR packet that tells a client why it is not let in. Its payload is an object
   * with {@code message} and, if the refusal has data, {@code data} (Socket.IO protocol, revision
   * 5).
   */
  SocketIoPacket connectError(String namespace, Refusal refusal) {
    ObjectNode payload = JSON.objectNode().put("message", refusal.message());
    if (refusal.data() != null) {
      payload.set("data", refusal.data());
    }
    return new SocketIoPacket.ConnectError(namespace, payload);
  }

  void refused(String namespace, Handshake handshake, Refusal refusal) {
    tell(
        listener ->
            listener.connectRefused(namespace, handshake, refusal.message(), refusal.cause()));
  }

  ServerCounters counters() {
    return counters;
  }

  ServerStatistics statistics() {
    return counters.snapshot(engine, namespaces.present());
  }

  /**
   * Reports something that happened to the counters, the log and the application's listener. If the
   * log or the listener throws, the exception is logged and goes no further.
   */
  void tell(Consumer<SocketIoListener> event) {
    event.accept(counters);
    tell(EVENTS, event);
    tell(config.listener(), event);
  }

  private static void tell(SocketIoListener listener, Consumer<SocketIoListener> event) {
    try {
      event.accept(listener);
    } catch (Throwable e) {
      LOG.error("listener failed", e);
    }
  }

  @Override
  public void opened(EngineIoSession session) {
    Connection connection = new Connection(this, session);
    session.attach(connection);
    TransportKind transport = session.transport().kind();
    Handshake handshake = connection.handshake();
    tell(listener -> listener.sessionOpened(handshake, transport));
    connection.opened();
  }

  @Override
  public void upgraded(EngineIoSession session) {
    Handshake handshake = connection(session).handshake();
    tell(listener -> listener.sessionUpgraded(handshake));
  }

  @Override
  public void dropped(EngineIoSession session) {
    Handshake handshake = connection(session).handshake();
    tell(listener -> listener.messageDropped(handshake));
  }

  @Override
  public void message(EngineIoSession session, ByteBuffer data, boolean binary) {
    counters.messageReceived(data.remaining());
    connection(session).message(data, binary);
  }

  @Override
  public void closed(EngineIoSession session, CloseReason reason) {
    Connection connection = connection(session);
    DisconnectReason why = DisconnectReason.valueOf(reason.name());
    Handshake handshake = connection.handshake();
    tell(listener -> listener.sessionClosed(handshake, why));
    connection.closed(why);
  }

  @Override
  public void refused(HandshakeRequest request, HandshakeError error, String detail) {
    counters.handshakeRefused(error);
    Handshake handshake = new Handshake(request, null);
    tell(listener -> listener.handshakeRefused(handshake, detail));
  }

  private static Connection connection(EngineIoSession session) {
    if (session.attachment() instanceof Connection connection) {
      return connection;
    }
    throw new IllegalStateException("session: without connection (expected: opened first)");
  }
}
