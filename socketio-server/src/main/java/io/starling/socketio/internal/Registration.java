package io.starling.socketio.internal;

import io.starling.protocol.payload.Arguments;
import io.starling.protocol.payload.Event;
import io.starling.socketio.AnswerHandler;
import io.starling.socketio.AsyncConnectHandler;
import io.starling.socketio.ConnectHandler;
import io.starling.socketio.DisconnectHandler;
import io.starling.socketio.EventHandler;
import io.starling.socketio.NamespaceHandlers;
import io.starling.socketio.internal.Handlers.Kind;

/**
 * The methods that register handlers, for every object that keeps {@link Handlers}: a namespace,
 * and the handlers of all namespaces that match a pattern or predicate.
 *
 * @param <T> the type of this object, which each method returns
 */
interface Registration<T extends NamespaceHandlers<T>> extends NamespaceHandlers<T> {
  /** Where the handlers are kept. */
  Handlers handlers();

  @Override
  default T use(ConnectHandler middleware) {
    return with(Kind.MIDDLEWARE, step(middleware));
  }

  @Override
  default T useAsync(AsyncConnectHandler middleware) {
    return with(Kind.MIDDLEWARE, middleware);
  }

  @Override
  default T onConnect(ConnectHandler handler) {
    return with(Kind.CONNECT, step(handler));
  }

  @Override
  default T onConnected(ConnectHandler handler) {
    return with(Kind.CONNECTED, handler);
  }

  @Override
  default T on(String event, EventHandler<Arguments> handler) {
    return set(event, (socket, received, ack) -> handler.handle(socket, received.arguments(), ack));
  }

  @Override
  default <A> T on(String event, Class<A> type, EventHandler<A> handler) {
    return on(
        event, (socket, arguments, ack) -> handler.handle(socket, first(arguments, type), ack));
  }

  @Override
  default <R> T answer(String event, AnswerHandler<Arguments, R> handler) {
    return set(
        event,
        (socket, received, ack) ->
            ((EventAck) ack).answer(event, handler.answer(socket, received.arguments())));
  }

  @Override
  default <A, R> T answer(String event, Class<A> type, AnswerHandler<A, R> handler) {
    return answer(event, (socket, arguments) -> handler.answer(socket, first(arguments, type)));
  }

  @Override
  default T onOther(EventHandler<Event> handler) {
    handlers().setOther(handler);
    return self();
  }

  @Override
  default T onDisconnecting(DisconnectHandler handler) {
    return with(Kind.DISCONNECTING, handler);
  }

  @Override
  default T onDisconnect(DisconnectHandler handler) {
    return with(Kind.DISCONNECT, handler);
  }

  @Override
  default T register(Object target) {
    handlers().addMethods(target);
    return self();
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

  private <H> T with(Kind<H> kind, H handler) {
    handlers().add(kind, handler);
    return self();
  }

  private T set(String event, EventHandler<Event> handler) {
    handlers().set(event, handler);
    return self();
  }

  @SuppressWarnings("unchecked") // Implementations name their own type as T.
  private T self() {
    return (T) this;
  }

  private static AsyncConnectHandler step(ConnectHandler handler) {
    return socket -> {
      handler.connect(socket);
      return Steps.DONE;
    };
  }
}
