package io.starling.socketio.internal;

import io.starling.engineio.EngineIoSession;
import io.starling.engineio.OutboundMessage;
import io.starling.engineio.SessionIds;
import io.starling.engineio.Target;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.EmitFlag;
import io.starling.manager.LocalSocket;
import io.starling.manager.SocketId;
import io.starling.protocol.payload.Arguments;
import io.starling.protocol.payload.EventPayload;
import io.starling.protocol.payload.WireName;
import io.starling.protocol.socketio.SocketIoPacket;
import io.starling.socketio.AnyEventListener;
import io.starling.socketio.AsyncEventMiddleware;
import io.starling.socketio.DisconnectHandler;
import io.starling.socketio.EventMiddleware;
import io.starling.socketio.Handshake;
import io.starling.socketio.Session;
import io.starling.socketio.Socket;
import io.starling.socketio.SocketEventHandler;
import io.starling.socketio.SocketOperator;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The implementation of {@link Socket}: one client in one namespace. Safe for any thread. {@link
 * Membership} has its state and rooms, {@link AckTable} the acks that the server waits for, {@link
 * SocketHandlers} runs its handlers.
 */
final class DefaultSocket implements Socket, LocalSocket, Target {
  private final SocketId id = new SocketId(SessionIds.next());
  private final Connection connection;
  private final EngineIoSession engineSession;
  private final DefaultNamespace namespace;
  private final Endpoint endpoint;
  private final Handshake handshake;
  private final Membership membership;
  private final AckTable acks = new AckTable(this);
  private final SocketHandlers handlers;

  /**
   * The values that other processes see when they fetch this socket; null when none was ever set.
   * They are encoded at each change. Replaced under this socket's lock.
   */
  private volatile @Nullable SharedData shared;

  private record SharedData(Map<String, Object> values, EventPayload encoded) {}

  /** Created by the first call of {@link #session()}, under this socket's lock. */
  private volatile @Nullable Session session;

  DefaultSocket(Connection connection, DefaultNamespace namespace, Handshake handshake) {
    this.connection = connection;
    this.engineSession = connection.engineSession();
    this.namespace = namespace;
    this.endpoint = namespace.endpoint();
    this.handshake = handshake;
    this.membership = new Membership(this);
    this.handlers = new SocketHandlers(this, connection, membership);
  }

  /** Encodes an event. {@code emit("x", null)} means one argument, which is null. */
  static EventPayload encode(
      Endpoint endpoint, String event, @Nullable Object @Nullable [] arguments) {
    return endpoint.codec().encodeEvent(event, list(arguments));
  }

  @Override
  public SocketId id() {
    return id;
  }

  @Override
  public DefaultNamespace namespace() {
    return namespace;
  }

  @Override
  public Handshake handshake() {
    return handshake;
  }

  @Override
  public boolean connected() {
    return membership.connected();
  }

  @Override
  public Session session() {
    Session made = session;
    if (made == null) {
      synchronized (this) {
        made = session;
        if (made == null) {
          made = new Session();
          session = made;
        }
      }
    }
    return made;
  }

  @Override
  public Map<String, Object> data() {
    SharedData now = shared;
    return now == null ? Map.of() : now.values();
  }

  @Override
  public void data(String key, @Nullable Object value) {
    SharedData before;
    SharedData after;
    do {
      before = shared;
      // The application's JSON mapper runs here, so no lock is held.
      after = with(key, value);
    } while (!replaceShared(before, after));
  }

  @Override
  public @Nullable EventPayload sharedData() {
    SharedData now = shared;
    return now == null ? null : now.encoded();
  }

  @Override
  public Set<String> rooms() {
    return membership.rooms();
  }

  @Override
  public void join(Collection<String> rooms) {
    rooms.forEach(room -> WireName.require("room", room));
    membership.join(List.copyOf(rooms));
  }

  @Override
  public void leave(Collection<String> rooms) {
    membership.leave(List.copyOf(rooms));
  }

  @Override
  public BroadcastOperator broadcast() {
    return namespace.broadcast().except(id.value());
  }

  @Override
  public SocketOperator asVolatile() {
    return operator().asVolatile();
  }

  @Override
  public SocketOperator compress(boolean compress) {
    return operator().compress(compress);
  }

  @Override
  public SocketOperator timeout(Duration timeout) {
    return operator().timeout(timeout);
  }

  @Override
  public void emit(String event, @Nullable Object... arguments) {
    operator().emit(event, arguments);
  }

  @Override
  public CompletionStage<Arguments> emitWithAck(String event, @Nullable Object... arguments) {
    return operator().emitWithAck(event, arguments);
  }

  @Override
  public Arguments call(String event, @Nullable Object... arguments) throws InterruptedException {
    return operator().call(event, arguments);
  }

  @Override
  public Socket on(String event, SocketEventHandler<Arguments> handler) {
    handlers
        .ownOrNew()
        .on(event, (socket, received, ack) -> handler.handle(received.arguments(), ack));
    return this;
  }

  @Override
  public <T> Socket on(String event, Class<T> type, SocketEventHandler<T> handler) {
    return on(event, (arguments, ack) -> handler.handle(HandlerTable.first(arguments, type), ack));
  }

  @Override
  public Socket off(String event) {
    OwnHandlers own = handlers.own();
    if (own != null) {
      own.off(event);
    }
    return this;
  }

  @Override
  public Socket use(EventMiddleware middleware) {
    return useAsync(
        (event, arguments) -> {
          middleware.check(event, arguments);
          return Steps.DONE;
        });
  }

  @Override
  public Socket useAsync(AsyncEventMiddleware middleware) {
    handlers.ownOrNew().use(middleware);
    return this;
  }

  @Override
  public Socket onAny(AnyEventListener listener) {
    handlers.ownOrNew().onAny(listener);
    return this;
  }

  @Override
  public Socket offAny(AnyEventListener listener) {
    OwnHandlers own = handlers.own();
    if (own != null) {
      own.offAny(listener);
    }
    return this;
  }

  @Override
  public Socket onDisconnecting(DisconnectHandler handler) {
    handlers.ownOrNew().onDisconnecting(handler);
    return this;
  }

  @Override
  public Socket onDisconnect(DisconnectHandler handler) {
    handlers.ownOrNew().onDisconnect(handler);
    return this;
  }

  @Override
  public void disconnect(boolean closeTransport) {
    membership.whenConnected(
        () -> {
          endpoint
              .engine()
              .send(this, Outbound.of(new SocketIoPacket.Disconnect(namespace.name())));
          connection.onLoop(() -> connection.disconnected(this, closeTransport));
        });
  }

  @Override
  public EngineIoSession engineSession() {
    return engineSession;
  }

  @Override
  public boolean open() {
    return connected();
  }

  Endpoint endpoint() {
    return endpoint;
  }

  Connection connection() {
    return connection;
  }

  AckTable acks() {
    return acks;
  }

  SocketHandlers handlers() {
    return handlers;
  }

  /** Whether the client is not in the namespace yet, because connect handlers still decide. */
  boolean connecting() {
    return !membership.connected() && !membership.left();
  }

  /**
   * Sends a packet. While the socket is connecting, the packet is held until the client was told
   * that it is connected. A socket that has left sends nothing.
   */
  void send(SocketIoPacket packet, Set<EmitFlag> flags) {
    OutboundMessage message = Outbound.of(packet, flags);
    membership.whenConnected(
        () -> {
          if (connected()) {
            endpoint.engine().send(this, message);
          }
        });
  }

  /** Encodes the answer to an event into an ACK packet. */
  SocketIoPacket.Ack answer(long ackId, @Nullable Object @Nullable [] arguments) {
    EventPayload payload = endpoint.codec().encodeArguments(list(arguments));
    return new SocketIoPacket.Ack(namespace.name(), ackId, payload);
  }

  private SocketOperator operator() {
    return new DefaultSocketOperator(this);
  }

  static List<@Nullable Object> list(@Nullable Object @Nullable [] arguments) {
    if (arguments == null) {
      return Collections.<@Nullable Object>singletonList(null);
    }
    return Arrays.<@Nullable Object>asList(arguments);
  }

  @Override
  public String toString() {
    return namespace.name() + "#" + id;
  }

  private SharedData with(String key, @Nullable Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(data());
    if (value == null) {
      changed.remove(key);
    } else {
      changed.put(key, value);
    }
    EventPayload encoded = endpoint.hostCodec().encodeArguments(List.of(changed));
    return new SharedData(Collections.unmodifiableMap(changed), encoded);
  }

  @SuppressWarnings("ReferenceEquality") // Did another thread replace it first?
  private synchronized boolean replaceShared(@Nullable SharedData before, SharedData after) {
    boolean unchanged = shared == before;
    if (unchanged) {
      shared = after;
    }
    return unchanged;
  }
}
