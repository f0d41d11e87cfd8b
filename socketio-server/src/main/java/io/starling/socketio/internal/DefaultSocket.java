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
import io.starling.socketio.AnyEventHandler;
import io.starling.socketio.AsyncEventMiddleware;
import io.starling.socketio.DisconnectHandler;
import io.starling.socketio.EventReceiver;
import io.starling.socketio.Handshake;
import io.starling.socketio.Session;
import io.starling.socketio.Socket;
import io.starling.socketio.SocketOperator;
import io.starling.socketio.internal.Handlers.Kind;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The implementation of {@link Socket}: one client in one namespace. Safe for any thread. {@link
 * SocketLife} has its state and rooms, {@link AckTable} the acks that the server waits for, {@link
 * EventQueue} the calls of its handlers.
 */
final class DefaultSocket implements Socket, LocalSocket, Target {
  /**
   * When this many events of the socket are pending, a handler thread is asked for at once, not at
   * the end of the event loop's turn.
   */
  private static final int MAX_IN_TURN = 64;

  private static final AtomicReferenceFieldUpdater<DefaultSocket, ReceivedEvent> RUNNING =
      AtomicReferenceFieldUpdater.newUpdater(DefaultSocket.class, ReceivedEvent.class, "running");

  private final SocketId id = new SocketId(SessionIds.next());
  private final Connection connection;
  private final EngineIoSession engineSession;
  private final DefaultNamespace namespace;
  private final Endpoint endpoint;
  private final Handshake handshake;
  private final SocketLife life;
  private final EventQueue queue;
  private final AckTable acks = new AckTable(this);

  /**
   * Handlers that were registered on this socket alone. Created by the first of them, under this
   * socket's lock.
   */
  private volatile @Nullable Handlers own;

  /**
   * The event whose handler runs, or null. Only reports read this field, so another thread may see
   * a change a little late.
   */
  private volatile @Nullable ReceivedEvent running;

  /**
   * The values that other processes see when they fetch this socket; null when none was ever set.
   * They are encoded at each change. Replaced under this socket's lock.
   */
  private volatile @Nullable SharedData shared;

  private record SharedData(Map<String, Object> values, EventPayload encoded) {}

  /** Created by the first call of {@link #session()}. Guarded by this. */
  private @Nullable Session session;

  DefaultSocket(Connection connection, DefaultNamespace namespace, Handshake handshake) {
    this.connection = connection;
    this.engineSession = connection.engineSession();
    this.namespace = namespace;
    this.endpoint = namespace.endpoint();
    this.handshake = handshake;
    this.life = new SocketLife(this, connection);
    this.queue = new EventQueue(endpoint.handlers(), engineSession);
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
    return life.connected();
  }

  @Override
  public synchronized Session session() {
    if (session == null) {
      session = new Session();
    }
    return session;
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
    return life.rooms();
  }

  @Override
  public void join(Collection<String> rooms) {
    rooms.forEach(room -> WireName.require("room", room));
    life.join(List.copyOf(rooms));
  }

  @Override
  public void leave(Collection<String> rooms) {
    life.leave(List.copyOf(rooms));
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
  public Socket on(String event, EventReceiver<Arguments> handler) {
    ownOrNew().set(event, (socket, received, ack) -> handler.handle(received.arguments(), ack));
    return this;
  }

  @Override
  public <T> Socket on(String event, Class<T> type, EventReceiver<T> handler) {
    return on(event, (arguments, ack) -> handler.handle(Registration.first(arguments, type), ack));
  }

  @Override
  public Socket off(String event) {
    ownOrNew().unset(event);
    return this;
  }

  @Override
  public Socket use(AnyEventHandler middleware) {
    return useAsync(
        (event, arguments) -> {
          middleware.handle(event, arguments);
          return Steps.DONE;
        });
  }

  @Override
  public Socket useAsync(AsyncEventMiddleware middleware) {
    return with(Kind.EVENT_MIDDLEWARE, middleware);
  }

  @Override
  public Socket onAny(AnyEventHandler listener) {
    return with(Kind.LISTENER, listener);
  }

  @Override
  public Socket offAny(AnyEventHandler listener) {
    ownOrNew().remove(Kind.LISTENER, listener);
    return this;
  }

  @Override
  public Socket onDisconnecting(DisconnectHandler handler) {
    return with(Kind.DISCONNECTING, handler);
  }

  @Override
  public Socket onDisconnect(DisconnectHandler handler) {
    return with(Kind.DISCONNECT, handler);
  }

  private <T> Socket with(Kind<T> kind, T handler) {
    ownOrNew().add(kind, handler);
    return this;
  }

  private synchronized Handlers ownOrNew() {
    Handlers made = own;
    if (made == null) {
      made = new Handlers(namespace.handlers());
      own = made;
    }
    return made;
  }

  @Override
  public void disconnect(boolean closeTransport) {
    life.whenConnected(
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

  SocketLife life() {
    return life;
  }

  /** The handler calls that wait or run. */
  EventQueue queue() {
    return queue;
  }

  /** The handlers that were registered on this socket alone; null if none was. */
  @Nullable Handlers own() {
    return own;
  }

  /** The place where the search for a handler begins. */
  Handlers handlers() {
    Handlers mine = own;
    return mine == null ? namespace.handlers() : mine;
  }

  /** The client sent an event: hands it to its handler and counts it until the handler takes it. */
  void received(SocketIoPacket.Event event) {
    Intake intake = connection.intake();
    intake.arrived(event.payload());
    endpoint.counters().eventReceived();
    queue.dispatchTask(new ReceivedEvent(this, event, intake));
    int pending = queue.pending();
    if (pending >= Math.min(MAX_IN_TURN, (endpoint.config().maxPendingEvents() + 1) / 2)
        || intake.bytes() >= endpoint.config().maxPendingBytes() / 2) {
      queue.handOver();
    }
    intake.stopIfFull(pending);
  }

  /** The handler of an event begins; null when it has returned or thrown. On a handler thread. */
  void handles(@Nullable ReceivedEvent event) {
    RUNNING.lazySet(this, event);
  }

  /** The event whose handler runs, or null. */
  @Nullable ReceivedEvent running() {
    return running;
  }

  void failed(String handler, Throwable cause) {
    endpoint.tell(listener -> listener.handlerFailed(this, handler, cause));
  }

  /**
   * Sends a packet. While the socket is connecting, the packet is held until the client was told
   * that it is connected. A socket that has left sends nothing.
   */
  void send(SocketIoPacket packet, Set<EmitFlag> flags) {
    OutboundMessage message = Outbound.of(packet, flags);
    life.whenConnected(
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
