package io.starling.client;

import io.starling.protocol.payload.Arguments;
import io.starling.protocol.payload.Event;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One namespace of a {@link SocketIoClient}. The object stays the same when the client reconnects.
 *
 * <p>Handlers are called on handler threads, never on an I/O thread, and may block. For one socket
 * they are called one at a time, and in the order in which connects, events and disconnects
 * happened. Connects, failed connects and disconnects are not events: they never reach the handlers
 * of {@link #onOther} and {@link #onAny}.
 */
public final class ClientSocket implements SocketOperator {
  private final SocketState state;
  private final Emission emission;

  ClientSocket(ClientConnection connection, String namespace) {
    this.state = new SocketState(connection, this, namespace);
    this.emission = new Emission(state, false, connection.options().ackTimeout);
  }

  SocketState state() {
    return state;
  }

  /** The name of the namespace, with its leading slash. */
  public String namespace() {
    return state.namespace();
  }

  /** The id that the server gave this socket; null if it is not connected now. */
  public @Nullable String sid() {
    return state.sid();
  }

  /** Whether the socket is connected to its namespace now. */
  public boolean connected() {
    return state.sid() != null;
  }

  /**
   * Whether the server recovered the state of this socket when it was connected last: the socket
   * has the id and the rooms that it had, and gets the events that it missed.
   */
  public boolean recovered() {
    return state.recovered();
  }

  /**
   * Connects this namespace, and the client if it has no connection. Does nothing if the socket is
   * connected.
   *
   * @return completes when the namespace is connected, or fails with a {@link
   *     ConnectFailedException}. Dependent stages run on handler threads
   */
  public CompletionStage<ClientSocket> connectAsync() {
    return state
        .connection()
        .connect(state)
        .thenApplyAsync(done -> done, state.connection().callbacks());
  }

  /** As {@link #connectAsync}, but blocks. */
  public void connect() throws InterruptedException {
    SocketIoClient.await(state.connection().connect(state));
  }

  /**
   * Leaves the namespace, after everything that was emitted before. When no namespace is left, the
   * connection is closed.
   */
  public void disconnect() {
    state.connection().disconnect(state);
  }

  /**
   * Sets the handler of an event.
   *
   * @throws IllegalArgumentException when the name is reserved, or when the event has a handler
   *     already
   */
  public ClientSocket on(String event, EventReceiver<Arguments> handler) {
    state.handlers().set(event, (received, ack) -> handler.handle(received.arguments(), ack));
    return this;
  }

  /**
   * Sets the handler of an event whose first argument is read as the given type. Further arguments
   * are dropped. If the first argument is missing, null, or does not fit the type, the handler is
   * not called, and the failure is reported as if the handler had thrown it.
   *
   * @throws IllegalArgumentException when the name is reserved, or when the event has a handler
   *     already
   */
  public <T> ClientSocket on(String event, Class<T> type, EventReceiver<T> handler) {
    return on(event, (arguments, ack) -> handler.handle(Handlers.first(arguments, type), ack));
  }

  /**
   * Sets the handler of an event. What the handler returns is the ack; see {@link
   * AnswerHandler#answer}.
   *
   * @throws IllegalArgumentException when the name is reserved, or when the event has a handler
   *     already
   */
  public <R> ClientSocket answer(String event, AnswerHandler<Arguments, R> handler) {
    state
        .handlers()
        .set(
            event,
            (received, ack) ->
                ((EventAck) ack).answer(event, handler.answer(received.arguments())));
    return this;
  }

  /**
   * As {@link #answer(String, AnswerHandler)}, with the first argument read as the given type; see
   * {@link #on(String, Class, EventReceiver)}.
   */
  public <T, R> ClientSocket answer(String event, Class<T> type, AnswerHandler<T, R> handler) {
    return answer(event, arguments -> handler.answer(Handlers.first(arguments, type)));
  }

  /**
   * Sets the handler of all events that have no handler of their own.
   *
   * @throws IllegalArgumentException when there is such a handler already
   */
  public ClientSocket onOther(EventReceiver<Event> handler) {
    state.handlers().setOther(handler);
    return this;
  }

  /** Removes the handler of an event. Does nothing when there is none. */
  public ClientSocket off(String event) {
    state.handlers().remove(event);
    return this;
  }

  /**
   * Adds a listener for all events. Listeners are called in the order in which they were added,
   * before the handler of the event.
   */
  public ClientSocket onAny(AnyEventHandler listener) {
    state.handlers().any.add(listener);
    return this;
  }

  /** Removes a listener that {@link #onAny} added; the first, if it was added more than once. */
  public ClientSocket offAny(AnyEventHandler listener) {
    state.handlers().any.remove(listener);
    return this;
  }

  /** Adds a handler for each time that the socket is connected. */
  public ClientSocket onConnect(ConnectHandler handler) {
    state.handlers().connect.add(handler);
    return this;
  }

  /** Adds a handler for each attempt that failed, also because the server cannot be reached. */
  public ClientSocket onConnectError(ConnectErrorHandler handler) {
    state.handlers().connectError.add(handler);
    return this;
  }

  /** Adds a handler for each time that the socket is disconnected. */
  public ClientSocket onDisconnect(DisconnectHandler handler) {
    state.handlers().disconnect.add(handler);
    return this;
  }

  /**
   * Adds the annotated methods of an object as handlers. The annotations are {@link OnConnect},
   * {@link OnConnectError}, {@link OnEvent}, {@link OnOther} and {@link OnDisconnect}. Methods of
   * superclasses count, and methods of any visibility. The class need not be public; in a named
   * module, its package must be open to this library.
   *
   * @throws IllegalArgumentException when a parameter or the result of an annotated method is not
   *     allowed, when an event has a handler already, or when no method is annotated. The message
   *     has one line for each fault, and no method is added then
   */
  public ClientSocket register(Object handlers) {
    state.handlers().addAll(new AnnotatedHandlers(this, handlers).find());
    return this;
  }

  @Override
  public SocketOperator asVolatile() {
    return emission.asVolatile();
  }

  @Override
  public SocketOperator timeout(Duration timeout) {
    return emission.timeout(timeout);
  }

  @Override
  public void emit(String event, @Nullable Object... arguments) {
    emission.emit(event, arguments);
  }

  @Override
  public CompletionStage<Arguments> emitWithAck(String event, @Nullable Object... arguments) {
    return emission.emitWithAck(event, arguments);
  }

  @Override
  public Arguments call(String event, @Nullable Object... arguments) throws InterruptedException {
    return emission.call(event, arguments);
  }
}
