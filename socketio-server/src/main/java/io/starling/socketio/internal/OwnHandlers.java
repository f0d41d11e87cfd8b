package io.starling.socketio.internal;

import io.starling.socketio.AnyEventListener;
import io.starling.socketio.AsyncEventMiddleware;
import io.starling.socketio.DisconnectHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The handlers that were registered on one socket, with {@code socket.on} and similar methods. Each
 * collection is created with its first element, because most sockets have only one or two kinds of
 * handlers.
 *
 * <p>Safe for any thread. Changes happen under the lock of this object. A list is replaced by a
 * changed copy, so readers need no lock.
 */
final class OwnHandlers {
  private volatile Map<String, EventCall> events = Map.of();
  private volatile List<AnyEventListener> listeners = List.of();
  private volatile List<AsyncEventMiddleware> middlewares = List.of();
  private volatile List<DisconnectHandler> disconnecting = List.of();
  private volatile List<DisconnectHandler> disconnect = List.of();

  synchronized void on(String event, EventCall handler) {
    HandlerTable.requireEvent(event);
    if (events.isEmpty()) {
      events = new ConcurrentHashMap<>(4);
    }
    if (events.putIfAbsent(event, handler) != null) {
      throw new IllegalArgumentException("event: " + event + " again (expected: one handler)");
    }
  }

  synchronized void off(String event) {
    if (!events.isEmpty()) {
      events.remove(event);
    }
  }

  synchronized void onAny(AnyEventListener listener) {
    listeners = with(listeners, listener);
  }

  synchronized void offAny(AnyEventListener listener) {
    List<AnyEventListener> rest = new ArrayList<>(listeners);
    rest.remove(listener);
    listeners = List.copyOf(rest);
  }

  synchronized void use(AsyncEventMiddleware middleware) {
    middlewares = with(middlewares, middleware);
  }

  synchronized void onDisconnecting(DisconnectHandler handler) {
    disconnecting = with(disconnecting, handler);
  }

  synchronized void onDisconnect(DisconnectHandler handler) {
    disconnect = with(disconnect, handler);
  }

  @Nullable EventCall handler(String event) {
    return events.get(event);
  }

  List<AnyEventListener> listeners() {
    return listeners;
  }

  List<AsyncEventMiddleware> middlewares() {
    return middlewares;
  }

  List<DisconnectHandler> disconnectingHandlers() {
    return disconnecting;
  }

  List<DisconnectHandler> disconnectHandlers() {
    return disconnect;
  }

  private static <T> List<T> with(List<T> some, T one) {
    List<T> more = new ArrayList<>(some);
    more.add(one);
    return List.copyOf(more);
  }
}
