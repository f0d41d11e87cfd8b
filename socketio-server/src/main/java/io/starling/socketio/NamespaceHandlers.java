package io.starling.socketio;

import io.starling.protocol.payload.Arguments;
import io.starling.protocol.payload.Event;

/**
 * The handlers for the sockets of one namespace ({@link Namespace}) or of many namespaces ({@link
 * SocketIoServer#anyNamespace}, {@link SocketIoServer#of(NamespacePredicate)}). Safe for any
 * thread; no method blocks. Register handlers before clients connect.
 *
 * <p>Handlers are called on handler threads, never on an event loop, and may block. For one socket
 * they are called one at a time and in this order: the middlewares, the connect handlers, the
 * connected handlers, the event handlers in the order in which the events arrive, the disconnect
 * handlers.
 *
 * <p>An event is handled by one handler, the first that exists in this list:
 *
 * <ol>
 *   <li>the handler of the socket itself, see {@link Socket#on};
 *   <li>the handler of the namespace for the event, see {@link #on}, or else its handler for all
 *       other events, see {@link #onOther};
 *   <li>the same two of the pattern or predicate by which the server made the namespace, if there
 *       is one;
 *   <li>the same two of {@link SocketIoServer#anyNamespace};
 *   <li>a method of an object that was registered by {@link #register}: for the namespace, or else
 *       for its pattern or predicate. If no object was registered for either of these, a method of
 *       an object that was registered for any namespace.
 * </ol>
 *
 * <p>Handlers of the other kinds are chosen for each kind separately; the kinds are {@link
 * #onConnect}, {@link #onConnected}, {@link #onDisconnecting} and {@link #onDisconnect}. First the
 * handlers of the pattern or predicate are called, then those of the namespace. At each of these
 * two places, methods of registered objects are called only if no lambda of the kind was added. If
 * neither place has a lambda of the kind, the lambdas of any namespace are called instead; the
 * methods of any namespace are called instead if also no object was registered at the two places.
 *
 * <p>Middlewares are different: those of any namespace, of the pattern or predicate, and of the
 * namespace itself are all called, in this order.
 *
 * @param <T> the type of this object, which each method returns
 */
public interface NamespaceHandlers<T extends NamespaceHandlers<T>> {
  /**
   * Adds a check that every client must pass before the connect handlers are called. Checks run in
   * the order in which they were added; those of any namespace run first. An exception refuses the
   * client, as in {@link #onConnect}.
   */
  T use(ConnectHandler middleware);

  /**
   * As {@link #use}, for a check that returns a stage and does not block a thread. Checks of both
   * sorts run in the order in which they were added.
   */
  T useAsync(AsyncConnectHandler middleware);

  /**
   * Adds a handler for clients that connect. Handlers are called in the order in which they were
   * added.
   *
   * <p>The client is told that it is connected after the last handler has returned. Until then it
   * is not in the namespace: what the handlers emit to the socket is kept and sent afterwards, but
   * an emit to the namespace or to a room skips this client. A handler must not wait for an ack of
   * the client, since none can arrive yet.
   *
   * <p>A handler that throws refuses the client. Message and data of a {@link
   * ConnectRefusedException} are sent to the client. Of any other exception the client learns
   * nothing; the exception is reported to the {@link SocketIoListener}. A refused client has never
   * been in the namespace, and no disconnect handler is called for it.
   *
   * <p>Put a check for the clients of all namespaces into {@link #use} of {@link
   * SocketIoServer#anyNamespace}. A connect handler there is not called for a namespace that has
   * connect handlers of its own.
   */
  T onConnect(ConnectHandler handler);

  /**
   * Adds a handler for sockets that have been connected. Handlers are called in the order in which
   * they were added. The client has been told by then, and the socket is a member of its rooms: an
   * emit to a room reaches it too. Events of the socket wait until the last handler has returned. A
   * handler that throws disconnects the socket, and the exception is reported to the {@link
   * SocketIoListener}; no event of the socket is handled then.
   */
  T onConnected(ConnectHandler handler);

  /**
   * Sets the handler of an event.
   *
   * @throws IllegalArgumentException when the name is reserved, or when the event has a handler
   *     here already
   */
  T on(String event, EventHandler<Arguments> handler);

  /**
   * Sets the handler of an event whose first argument is read as the given type. Further arguments
   * are dropped. If the first argument is missing, null, or does not fit the type, the handler is
   * not called, and the failure is reported as if the handler had thrown it.
   *
   * @throws IllegalArgumentException when the name is reserved, or when the event has a handler
   *     here already
   */
  <A> T on(String event, Class<A> type, EventHandler<A> handler);

  /**
   * Sets the handler of an event. What the handler returns is the ack; see {@link
   * AnswerHandler#answer}.
   *
   * @throws IllegalArgumentException when the name is reserved, or when the event has a handler
   *     here already
   */
  <R> T answer(String event, AnswerHandler<Arguments, R> handler);

  /**
   * As {@link #answer(String, AnswerHandler)}, with the first argument read as the given type; see
   * {@link #on(String, Class, EventHandler)}.
   */
  <A, R> T answer(String event, Class<A> type, AnswerHandler<A, R> handler);

  /**
   * Sets the handler of all events that have no handler of their own here. The name of an event is
   * never a reserved one.
   *
   * @throws IllegalArgumentException when there is such a handler already
   */
  T onOther(EventHandler<Event> handler);

  /**
   * Adds a handler for sockets that leave. Handlers are called in the order in which they were
   * added, before all handlers of {@link #onDisconnect}. There is no other difference between the
   * two kinds.
   */
  T onDisconnecting(DisconnectHandler handler);

  /**
   * Adds a handler for sockets that leave. Handlers are called in the order in which they were
   * added, after the last event of the socket was handled. They are called exactly once for each
   * socket whose connect handlers have all returned, even if the client left before that.
   */
  T onDisconnect(DisconnectHandler handler);

  /**
   * Adds the annotated methods of an object as handlers. The annotations are {@link OnConnect},
   * {@link OnConnected}, {@link OnEvent}, {@link OnOther}, {@link OnDisconnecting} and {@link
   * OnDisconnect}. Methods of superclasses count, and methods of any visibility. A method that
   * overrides another one needs the annotation again. A method that implements a method of an
   * interface has the annotations of the latter. The class need not be public; in a named module,
   * its package must be open to this library.
   *
   * <p>Proxies that are generated subclasses work, such as those that Spring makes for
   * {@code @Transactional} or {@code @PreAuthorize}. The annotations are read from the class behind
   * the proxy, and the methods are called on the proxy, so that its advice runs. Private and final
   * methods of such an object cannot be handlers. A JDK proxy has the annotations of its
   * interfaces.
   *
   * <p>One object serves all clients. Its methods are called on handler threads: one at a time for
   * each socket, but for several sockets at the same time. Fields that the methods change must be
   * safe for that.
   *
   * @throws IllegalArgumentException when a parameter or the result of an annotated method is not
   *     allowed, or when no method is annotated. The message has one line for each fault, and no
   *     method is added then
   */
  T register(Object handlers);
}
