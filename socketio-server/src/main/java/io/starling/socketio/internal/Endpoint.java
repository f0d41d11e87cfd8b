package io.starling.socketio.internal;

import io.starling.engineio.CloseReason;
import io.starling.engineio.EngineIoListener;
import io.starling.engineio.EngineIoServer;
import io.starling.engineio.EngineIoSession;
import io.starling.engineio.HandshakeRequest;
import io.starling.engineio.TransportKind;
import io.starling.engineio.protocol.HandshakeError;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.ClientManager;
import io.starling.manager.protocol.EventPayloadCodec;
import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Handshake;
import io.starling.socketio.ServerStatistics;
import io.starling.socketio.SocketIoListener;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.protocol.PacketLimits;
import io.starling.socketio.protocol.SocketIoPacket;
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
 * A server without its port: the namespaces and connections, and what they share. Safe for any
 * thread.
 */
final class Endpoint implements EngineIoListener {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);

  private static final Logger SERVER_LOG = LoggerFactory.getLogger("io.starling.socketio");

  /** By name: these are what operators set levels for. */
  private static final SocketIoListener EVENTS =
      new EventLog(LoggerFactory.getLogger("io.starling.engineio"), SERVER_LOG);

  private final SocketIoServerConfig config;
  private final ClientManager manager;
  private final Threads threads;
  private final EngineIoServer engine;
  private final NamespaceDirectory namespaces = new NamespaceDirectory(this);
  private final HandlerTable anyNamespace = new HandlerTable();
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

  /** For what clients are sent, and what they send. */
  PacketLimits packetLimits() {
    return packetLimits;
  }

  EventPayloadCodec codec() {
    return config.codec();
  }

  /** For what stays among hosts, which take any number of binary values. */
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

  /** What waits for handlers in all connections together. */
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

  NamespaceDirectory namespaces() {
    return namespaces;
  }

  /** The namespace of this name, made when there is none. */
  DefaultNamespace declare(String name) {
    return namespaces.declare(name);
  }

  /** Everybody in a namespace, whether this server knows it or not. */
  BroadcastOperator broadcast(String namespace) {
    return BroadcastOperator.of(manager, codec(), namespace).timeout(config.ackTimeout());
  }

  HandlerTable anyNamespace() {
    return anyNamespace;
  }

  /**
   * What the user's code threw; the client is told of it what the user wants it to know. Not for
   * event loops: the data is written by the user's mapper.
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

  /** What a client is told that is not let in. */
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

  /** Counts an event, tells the log, and the listener, whatever one of them throws. */
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
