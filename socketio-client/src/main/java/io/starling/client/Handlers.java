package io.starling.client;

import io.starling.protocol.payload.Arguments;
import io.starling.protocol.payload.Event;
import io.starling.protocol.payload.WireName;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The handlers of one socket. Safe for any thread. */
final class Handlers {
  final List<AnyEventHandler> any = new CopyOnWriteArrayList<>();
  final List<ConnectHandler> connect = new CopyOnWriteArrayList<>();
  final List<ConnectErrorHandler> connectError = new CopyOnWriteArrayList<>();
  final List<DisconnectHandler> disconnect = new CopyOnWriteArrayList<>();
  private final Map<String, EventReceiver<Event>> events = new ConcurrentHashMap<>();
  private volatile @Nullable EventReceiver<Event> other;

  void set(String event, EventReceiver<Event> handler) {
    if (events.putIfAbsent(WireName.requireEvent(event), handler) != null) {
      throw new IllegalArgumentException("event: " + event + " (expected: one without a handler)");
    }
  }

  synchronized void setOther(EventReceiver<Event> handler) {
    if (other != null) {
      throw new IllegalArgumentException("onOther: a second handler (expected: one)");
    }
    other = handler;
  }

  void remove(String event) {
    events.remove(event);
  }

  /** The handler of an event; null if nobody handles it. */
  @Nullable EventReceiver<Event> handler(String event) {
    EventReceiver<Event> own = events.get(event);
    return own == null ? other : own;
  }

  /**
   * Adds all handlers of another table.
   *
   * @throws IllegalArgumentException if one of its events has a handler here; then nothing is added
   */
  synchronized void addAll(Handlers more) {
    for (String event : more.events.keySet()) {
      if (events.containsKey(event)) {
        throw new IllegalArgumentException(
            "event: " + event + " (expected: one without a handler)");
      }
    }
    EventReceiver<Event> otherMore = more.other;
    if (otherMore != null) {
      setOther(otherMore);
    }
    events.putAll(more.events);
    connect.addAll(more.connect);
    connectError.addAll(more.connectError);
    disconnect.addAll(more.disconnect);
  }

  /**
   * The first argument of an event.
   *
   * @throws IllegalArgumentException if it is missing or null
   */
  static <A> A first(Arguments arguments, Class<A> type) {
    A value = arguments.get(0, type);
    if (value == null) {
      throw new IllegalArgumentException("argument 0: none (expected: " + type + ")");
    }
    return value;
  }
}
