package io.starling.socketio.internal;

import io.starling.protocol.payload.Event;
import io.starling.protocol.payload.WireName;
import io.starling.socketio.AnyEventHandler;
import io.starling.socketio.AsyncConnectHandler;
import io.starling.socketio.AsyncEventMiddleware;
import io.starling.socketio.ConnectHandler;
import io.starling.socketio.DisconnectHandler;
import io.starling.socketio.EventHandler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The handlers that were registered in one place: for one socket, for one namespace, for a pattern
 * or predicate, or for any namespace. Each place knows the next one, in this order. The rules of
 * precedence of {@link io.starling.socketio.NamespaceHandlers} are implemented here.
 *
 * <p>In this class, a lambda is a handler that was registered by itself, and a method is an
 * annotated method of a registered object.
 *
 * <p>Safe for any thread. Changes happen under the lock of this object. Lists are replaced by
 * changed copies, so readers need no lock. Each collection is created with its first element,
 * because most places have only a few kinds of handlers.
 */
final class Handlers implements Registration<Handlers> {
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

  private final @Nullable Handlers next;
  private volatile Map<Kind<?>, List<?>> lists = Map.of();
  private volatile Map<String, EventHandler<Event>> events = Map.of();

  /** The handler of the events that have no handler in {@link #events}. */
  private volatile @Nullable EventHandler<Event> other;

  /**
   * The annotated methods of registered objects; null before the first. A table that was set is
   * never changed.
   */
  private volatile @Nullable Handlers methods;

  /** A kind of handler of which one place may have several. They are called in their order. */
  @SuppressWarnings("UnusedTypeParameter") // It is the type of the handlers of this kind.
  static final class Kind<T> {
    static final Kind<AsyncConnectHandler> MIDDLEWARE = new Kind<>();
    static final Kind<AsyncConnectHandler> CONNECT = new Kind<>();
    static final Kind<ConnectHandler> CONNECTED = new Kind<>();
    static final Kind<DisconnectHandler> DISCONNECTING = new Kind<>();
    static final Kind<DisconnectHandler> DISCONNECT = new Kind<>();

    /** Only a socket has handlers of this kind and the next one. */
    static final Kind<AnyEventHandler> LISTENER = new Kind<>();

    static final Kind<AsyncEventMiddleware> EVENT_MIDDLEWARE = new Kind<>();

    private Kind() {}
  }

  /**
   * A place without handlers.
   *
   * @param next the place whose handlers are asked after those of this one; null for the handlers
   *     of any namespace, which come last
   */
  Handlers(@Nullable Handlers next) {
    this.next = next;
  }

  @Override
  public Handlers handlers() {
    return this;
  }

  synchronized <T> void add(Kind<T> kind, T handler) {
    List<T> more = new ArrayList<>(here(kind));
    more.add(handler);
    replace(kind, more);
  }

  synchronized <T> void remove(Kind<T> kind, T handler) {
    List<T> rest = new ArrayList<>(here(kind));
    rest.remove(handler);
    replace(kind, rest);
  }

  /** Sets the handler of an event. */
  synchronized void set(String event, EventHandler<Event> handler) {
    requireEvent(event);
    if (events.isEmpty()) {
      events = new ConcurrentHashMap<>(4);
    }
    if (events.putIfAbsent(event, handler) != null) {
      throw new IllegalArgumentException("event: " + event + " again (expected: one handler)");
    }
  }

  synchronized void unset(String event) {
    if (!events.isEmpty()) {
      events.remove(event);
    }
  }

  synchronized void setOther(EventHandler<Event> handler) {
    if (other != null) {
      throw new IllegalArgumentException("other events: again (expected: one handler)");
    }
    other = handler;
  }

  /** Adds the annotated methods of an object; none of them if one cannot be a handler. */
  synchronized void addMethods(Object target) {
    Handlers more = new Handlers(null);
    Handlers before = methods;
    if (before != null) {
      more.lists = before.lists;
      before.events.forEach(more::set);
      more.other = before.other;
    }
    new AnnotatedHandlers(target, more).add();
    methods = more;
  }

  /** The lambdas of one kind that were registered in this place. */
  @SuppressWarnings("unchecked")
  <T> List<T> here(Kind<T> kind) {
    List<?> found = lists.get(kind);
    return found == null ? List.of() : (List<T>) found;
  }

  /**
   * The steps that a client passes before it is let in. All middlewares come first: those of any
   * namespace, of the pattern or predicate, of the namespace. The connect handlers follow.
   */
  List<AsyncConnectHandler> connectSteps() {
    return joined(middlewares(), all(Kind.CONNECT));
  }

  private List<AsyncConnectHandler> middlewares() {
    List<AsyncConnectHandler> own = here(Kind.MIDDLEWARE);
    return next == null ? own : joined(next.middlewares(), own);
  }

  /** The handler of an event that a client sent; null if there is none. */
  @Nullable EventHandler<Event> handler(String event) {
    for (Handlers place = this; place != null; place = place.next) {
      EventHandler<Event> lambda = place.lambda(event);
      if (lambda != null) {
        return lambda;
      }
    }
    return method(event);
  }

  /** The lambda for an event in this place, or else the lambda for other events. */
  private @Nullable EventHandler<Event> lambda(String event) {
    EventHandler<Event> own = events.get(event);
    return own == null ? other : own;
  }

  private @Nullable EventHandler<Event> method(String event) {
    boolean replaced = false;
    for (Handlers place = this; place != null; place = place.next) {
      Handlers here = place.methods;
      if (here != null && !(replaced && place.next == null)) {
        replaced = true;
        EventHandler<Event> method = here.lambda(event);
        if (method != null) {
          return method;
        }
      }
    }
    return null;
  }

  /**
   * All handlers of one kind for a namespace: those of the pattern or predicate first, since they
   * may guard the namespace, then those of the namespace. If neither has any, those of any
   * namespace stand in. Lambdas of any namespace also replace the methods of the other two. Methods
   * of any namespace stand in only if no object was registered for the other two.
   */
  <T> List<T> all(Kind<T> kind) {
    boolean lambdas = false;
    boolean objects = false;
    List<T> handlers = List.of();
    Handlers place = this;
    for (; place.next != null; place = place.next) {
      Handlers its = place.methods;
      List<T> here = place.here(kind);
      lambdas |= !here.isEmpty();
      objects |= its != null;
      handlers = joined(here.isEmpty() && its != null ? its.here(kind) : here, handlers);
    }
    List<T> standIns = place.here(kind);
    if (!lambdas && !standIns.isEmpty()) {
      return standIns;
    }
    Handlers methodsOfAny = place.methods;
    return handlers.isEmpty() && !objects && methodsOfAny != null
        ? methodsOfAny.here(kind)
        : handlers;
  }

  /**
   * Checks the name of an event that a client may send.
   *
   * @throws IllegalArgumentException if the name is reserved or not valid; for a reserved name of
   *     {@link #INSTEAD}, the message says what to use in its place
   */
  private static void requireEvent(String event) {
    String instead = INSTEAD.get(event);
    if (instead != null) {
      throw new IllegalArgumentException("event: " + event + " (expected: " + instead + ")");
    }
    WireName.requireEvent(event);
  }

  private void replace(Kind<?> kind, List<?> handlers) {
    Map<Kind<?>, List<?>> changed = new HashMap<>(lists);
    changed.put(kind, List.copyOf(handlers));
    lists = Map.copyOf(changed);
  }

  private static <T> List<T> joined(List<T> first, List<T> second) {
    if (first.isEmpty() || second.isEmpty()) {
      return first.isEmpty() ? second : first;
    }
    List<T> both = new ArrayList<>(first);
    both.addAll(second);
    return both;
  }
}
