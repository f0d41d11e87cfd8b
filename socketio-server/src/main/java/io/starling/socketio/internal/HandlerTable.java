package io.starling.socketio.internal;

import io.starling.manager.protocol.Arguments;
import io.starling.manager.protocol.WireName;
import io.starling.socketio.ConnectHandler;
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
  private final List<ConnectHandler> middlewares = new CopyOnWriteArrayList<>();
  private final List<ConnectHandler> connectHandlers = new CopyOnWriteArrayList<>();
  private final List<DisconnectHandler> disconnectingHandlers = new CopyOnWriteArrayList<>();
  private final List<DisconnectHandler> disconnectHandlers = new CopyOnWriteArrayList<>();
  private final Map<String, EventHandler<Arguments>> events = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable OtherEventHandler> other = new AtomicReference<>();

  @Override
  public HandlerTable use(ConnectHandler middleware) {
    middlewares.add(middleware);
    return this;
  }

  @Override
  public HandlerTable onConnect(ConnectHandler handler) {
    connectHandlers.add(handler);
    return this;
  }

  @Override
  public HandlerTable on(String event, EventHandler<Arguments> handler) {
    WireName.requireEvent(event);
    if (events.putIfAbsent(event, handler) != null) {
      throw new IllegalArgumentException("event: " + event + " again (expected: one handler)");
    }
    return this;
  }

  @Override
  public <T> HandlerTable on(String event, Class<T> type, EventHandler<T> handler) {
    return on(
        event, (socket, arguments, ack) -> handler.handle(socket, first(arguments, type), ack));
  }

  @Override
  public HandlerTable onOther(OtherEventHandler handler) {
    if (!other.compareAndSet(null, handler)) {
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

  List<ConnectHandler> middlewares() {
    return middlewares;
  }

  List<ConnectHandler> connectHandlers() {
    return connectHandlers;
  }

  List<DisconnectHandler> disconnectingHandlers() {
    return disconnectingHandlers;
  }

  List<DisconnectHandler> disconnectHandlers() {
    return disconnectHandlers;
  }

  /** The handler of an event, else the one of all others. */
  @Nullable EventHandler<Arguments> handler(String event) {
    EventHandler<Arguments> own = events.get(event);
    OtherEventHandler any = other.get();
    return own != null || any == null
        ? own
        : (socket, arguments, ack) -> any.handle(socket, event, arguments, ack);
  }

  /** The first argument, which must be there. */
  static <T> T first(Arguments arguments, Class<T> type) {
    T value = arguments.get(0, type);
    if (value == null) {
      throw new IllegalArgumentException("argument 0: none (expected: " + type + ")");
    }
    return value;
  }
}
