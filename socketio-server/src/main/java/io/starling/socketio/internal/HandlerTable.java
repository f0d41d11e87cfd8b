package io.starling.socketio.internal;

import io.starling.protocol.payload.Arguments;
import io.starling.protocol.payload.WireName;
import io.starling.socketio.AnswerHandler;
import io.starling.socketio.AsyncConnectHandler;
import io.starling.socketio.ConnectHandler;
import io.starling.socketio.ConnectedHandler;
import io.starling.socketio.DisconnectHandler;
import io.starling.socketio.EventHandler;
import io.starling.socketio.NamespaceHandlers;
import io.starling.socketio.OtherEventHandler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The handlers that were registered in one place: for one namespace, for a pattern or predicate, or
 * for any namespace. {@link HandlerLayers} chooses among the places. Safe for any thread.
 */
final class HandlerTable implements NamespaceHandlers {
  /**
   * Event names that have a special meaning in other Socket.IO servers, each with the part of this
   * API to use in its place. The error message for such a name shows that part.
   */
  private static final Map<String, String> INSTEAD =
      Map.of(
          "connect", "onConnect or onConnected",
          "connection", "onConnect or onConnected",
          "disconnect", "onDisconnect",
          "disconnecting", "onDisconnecting",
          "connect_error", "connectRefused of a SocketIoListener");

  private final List<AsyncConnectHandler> middlewares = new CopyOnWriteArrayList<>();
  private final List<AsyncConnectHandler> connectHandlers = new CopyOnWriteArrayList<>();
  private final List<ConnectedHandler> connectedHandlers = new CopyOnWriteArrayList<>();
  private final List<DisconnectHandler> disconnectingHandlers = new CopyOnWriteArrayList<>();
  private final List<DisconnectHandler> disconnectHandlers = new CopyOnWriteArrayList<>();
  private final Map<String, EventCall> events = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable EventCall> other = new AtomicReference<>();

  /**
   * The annotated methods of registered objects; null before the first. Replaced under the lock of
   * this object; a table that was set is never changed.
   */
  private volatile @Nullable HandlerTable methods;

  @Override
  public HandlerTable use(ConnectHandler middleware) {
    return useAsync(step(middleware));
  }

  @Override
  public HandlerTable useAsync(AsyncConnectHandler middleware) {
    middlewares.add(middleware);
    return this;
  }

  @Override
  public HandlerTable onConnect(ConnectHandler handler) {
    return addConnect(step(handler));
  }

  @Override
  public HandlerTable onConnected(ConnectedHandler handler) {
    connectedHandlers.add(handler);
    return this;
  }

  @Override
  public HandlerTable on(String event, EventHandler<Arguments> handler) {
    return add(event, (socket, received, ack) -> handler.handle(socket, received.arguments(), ack));
  }

  @Override
  public <T> HandlerTable on(String event, Class<T> type, EventHandler<T> handler) {
    return on(
        event, (socket, arguments, ack) -> handler.handle(socket, first(arguments, type), ack));
  }

  @Override
  public <R> HandlerTable answer(String event, AnswerHandler<Arguments, R> handler) {
    return add(
        event,
        (socket, received, ack) -> ack.answer(event, handler.answer(socket, received.arguments())));
  }

  @Override
  public <T, R> HandlerTable answer(String event, Class<T> type, AnswerHandler<T, R> handler) {
    return answer(event, (socket, arguments) -> handler.answer(socket, first(arguments, type)));
  }

  @Override
  public HandlerTable onOther(OtherEventHandler handler) {
    return addOther(
        (socket, event, ack) -> handler.handle(socket, event.name(), event.arguments(), ack));
  }

  @Override
  public HandlerTable onDisconnecting(DisconnectHandler handler) {
    disconnectingHandlers.add(handler);
    return this;
  }

  @Override
  public HandlerTable onDisconnect(DisconnectHandler handler) {
    disconnectHandlers.add(handler);
    return this;
  }

  @Override
  public synchronized HandlerTable register(Object handlers) {
    HandlerTable more = new HandlerTable();
    HandlerTable before = methods;
    if (before != null) {
      more.addAll(before);
    }
    new AnnotatedHandlers(handlers, more).add();
    methods = more;
    return this;
  }

  /** The annotated methods of registered objects; null when no object was registered. */
  @Nullable HandlerTable methods() {
    return methods;
  }

  List<AsyncConnectHandler> middlewares() {
    return middlewares;
  }

  List<AsyncConnectHandler> connectHandlers() {
    return connectHandlers;
  }

  List<ConnectedHandler> connectedHandlers() {
    return connectedHandlers;
  }

  List<DisconnectHandler> disconnectingHandlers() {
    return disconnectingHandlers;
  }

  List<DisconnectHandler> disconnectHandlers() {
    return disconnectHandlers;
  }

  /**
   * The handler of an event; if the event has none, the handler of other events; null if there is
   * none either.
   */
  @Nullable EventCall handler(String event) {
    EventCall own = events.get(event);
    return own == null ? other.get() : own;
  }

  /**
   * The first argument of an event.
   *
   * @throws IllegalArgumentException if it is missing or null
   */
  static <T> T first(Arguments arguments, Class<T> type) {
    T value = arguments.get(0, type);
    if (value == null) {
      throw new IllegalArgumentException("argument 0: none (expected: " + type + ")");
    }
    return value;
  }

  HandlerTable addConnect(AsyncConnectHandler handler) {
    connectHandlers.add(handler);
    return this;
  }

  HandlerTable addOther(EventCall handler) {
    if (!other.compareAndSet(null, handler)) {
      throw new IllegalArgumentException("other events: again (expected: one handler)");
    }
    return this;
  }

  HandlerTable add(String event, EventCall handler) {
    requireEvent(event);
    if (events.putIfAbsent(event, handler) != null) {
      throw new IllegalArgumentException("event: " + event + " again (expected: one handler)");
    }
    return this;
  }

  /**
   * Checks the name of an event that a client may send.
   *
   * @throws IllegalArgumentException if the name is reserved or not valid; for a reserved name of
   *     {@link #INSTEAD}, the message says what to use in its place
   */
  static void requireEvent(String event) {
    String instead = INSTEAD.get(event);
    if (instead != null) {
      throw new IllegalArgumentException("event: " + event + " (expected: " + instead + ")");
    }
    WireName.requireEvent(event);
  }

  private void addAll(HandlerTable some) {
    connectHandlers.addAll(some.connectHandlers);
    connectedHandlers.addAll(some.connectedHandlers);
    disconnectingHandlers.addAll(some.disconnectingHandlers);
    disconnectHandlers.addAll(some.disconnectHandlers);
    events.putAll(some.events);
    other.set(some.other.get());
  }

  private static AsyncConnectHandler step(ConnectHandler handler) {
    return socket -> {
      handler.connect(socket);
      return Steps.DONE;
    };
  }
}
