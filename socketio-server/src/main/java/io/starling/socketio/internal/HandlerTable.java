package io.starling.socketio.internal;

import io.starling.manager.protocol.Arguments;
import io.starling.manager.protocol.WireName;
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

/** The handlers that were registered in one place. {@link HandlerLayers} chooses among places. */
final class HandlerTable implements NamespaceHandlers {
  private final List<AsyncConnectHandler> middlewares = new CopyOnWriteArrayList<>();
  private final List<AsyncConnectHandler> connectHandlers = new CopyOnWriteArrayList<>();
  private final List<ConnectedHandler> connectedHandlers = new CopyOnWriteArrayList<>();
  private final List<DisconnectHandler> disconnectingHandlers = new CopyOnWriteArrayList<>();
  private final List<DisconnectHandler> disconnectHandlers = new CopyOnWriteArrayList<>();
  private final Map<String, EventCall> events = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable EventCall> other = new AtomicReference<>();

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
    connectHandlers.add(step(handler));
    return this;
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
  public HandlerTable answer(String event, AnswerHandler<Arguments> handler) {
    return add(
        event,
        (socket, received, ack) -> ack.answer(event, handler.answer(socket, received.arguments())));
  }

  @Override
  public <T> HandlerTable answer(String event, Class<T> type, AnswerHandler<T> handler) {
    return answer(event, (socket, arguments) -> handler.answer(socket, first(arguments, type)));
  }

  @Override
  public HandlerTable onOther(OtherEventHandler handler) {
    EventCall call =
        (socket, event, ack) -> handler.handle(socket, event.name(), event.arguments(), ack);
    if (!other.compareAndSet(null, call)) {
      throw new IllegalArgumentException("other events: again (expected: one handler)");
    }
    return this;
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

  /** The handler of an event, else the one of all others. */
  @Nullable EventCall handler(String event) {
    EventCall own = events.get(event);
    return own == null ? other.get() : own;
  }

  /** The first argument, which must be there. */
  static <T> T first(Arguments arguments, Class<T> type) {
    T value = arguments.get(0, type);
    if (value == null) {
      throw new IllegalArgumentException("argument 0: none (expected: " + type + ")");
    }
    return value;
  }

  private HandlerTable add(String event, EventCall handler) {
    WireName.requireEvent(event);
    if (events.putIfAbsent(event, handler) != null) {
      throw new IllegalArgumentException("event: " + event + " again (expected: one handler)");
    }
    return this;
  }

  private static AsyncConnectHandler step(ConnectHandler handler) {
    return socket -> {
      handler.connect(socket);
      return Steps.DONE;
    };
  }
}
