package io.starling.socketio;

import io.starling.manager.protocol.Arguments;

/**
 * What handles the sockets of one namespace ({@link Namespace}) or of many ({@link
 * SocketIoServer#anyNamespace}). Safe for any thread; no method blocks. Register handlers before
 * clients connect.
 *
 * <p>Handlers are called on handler threads, never on an event loop, and may block. For one socket
 * they are called one at a time: the middlewares, the connect handlers, the connected handlers, the
 * events in the order of their arrival, the disconnect handlers.
 *
 * <p>One event has one handler, the first of these that there is:
 *
 * <ol>
 *   <li>the socket's own ({@link Socket#on});
 *   <li>the namespace's {@link #on} for the event, else its {@link #onOther};
 *   <li>the same of the pattern or predicate that the namespace was made by, if there is one;
 *   <li>the same of {@link SocketIoServer#anyNamespace};
 *   <li>a method of the namespace's registered objects, see {@link #register}; of those of its
 *       pattern or predicate; of those of any namespace when neither has such an object.
 * </ol>
 *
 * <p>Connect, connected, disconnecting and disconnect handlers never come from {@link #onOther}.
 * Those of the pattern or predicate are called first, then the namespace's own; at each of the two
 * places, methods of registered objects stand in for lambdas. Those of any namespace are called for
 * namespaces that have none of that kind, or only methods where any namespace has lambdas.
 * Middlewares are called for everyone.
 */
public interface NamespaceHandlers {
  /**
   * Adds a check that every client passes before the connect handlers, in order of addition; those
   * of any namespace come first. What it throws refuses the client, as in {@link #onConnect}.
   */
  NamespaceHandlers use(ConnectHandler middleware);

  /** As {@link #use}, for a check that no thread waits for; in order with those. */
  NamespaceHandlers useAsync(AsyncConnectHandler middleware);

  /**
   * Adds a handler for clients that connect, called in order of addition.
   *
   * <p>The client is told that it is connected when the last of them has returned. What they emit
   * to the socket is held until then, and so is its membership: an emit to the namespace or a room
   * does not reach it yet, and there is no waiting for its acks here. What one of them throws
   * refuses the client: a {@link ConnectRefusedException} with its message and data, anything else
   * with a message that tells nothing, and is reported to the {@link SocketIoListener}. A refused
   * client has never been in the namespace, and no disconnect handler hears of it.
   *
   * <p>What the clients of all namespaces must pass belongs into {@link #use} of {@link
   * SocketIoServer#anyNamespace}: its connect handlers are not called for a namespace that has
   * some.
   */
  NamespaceHandlers onConnect(ConnectHandler handler);

  /**
   * Adds a handler for sockets that have been let in, called in order of addition. The client has
   * been told and the socket is a member of its rooms: an emit to one of them reaches it too. Its
   * events wait until the last of them has returned.
   */
  NamespaceHandlers onConnected(ConnectedHandler handler);

  /**
   * Sets the handler of an event.
   *
   * @throws IllegalArgumentException when the name is reserved or has a handler
   */
  NamespaceHandlers on(String event, EventHandler<Arguments> handler);

  /**
   * Sets the handler of an event whose first argument is read as a type; further arguments are
   * dropped. An event whose first argument is missing, null or of another shape counts as one that
   * the handler threw at.
   *
   * @throws IllegalArgumentException when the name is reserved or has a handler
   */
  <T> NamespaceHandlers on(String event, Class<T> type, EventHandler<T> handler);

  /**
   * Sets the handler of an event that gives the ack back; see {@link AnswerHandler#answer}.
   *
   * @throws IllegalArgumentException when the name is reserved or has a handler
   */
  <R> NamespaceHandlers answer(String event, AnswerHandler<Arguments, R> handler);

  /**
   * The same with the first argument read as a type; see {@link #on(String, Class, EventHandler)}.
   */
  <T, R> NamespaceHandlers answer(String event, Class<T> type, AnswerHandler<T, R> handler);

  /**
   * Sets the handler of all events that have no other here.
   *
   * @throws IllegalArgumentException when there is one
   */
  NamespaceHandlers onOther(OtherEventHandler handler);

  /**
   * Adds a handler for sockets that leave, called in order of addition, before the first that was
   * added by {@link #onDisconnect}. It sees what those see.
   */
  NamespaceHandlers onDisconnecting(DisconnectHandler handler);

  /**
   * Adds a handler for sockets that leave, called in order of addition: exactly once for each
   * socket whose connect handlers all returned, after its last event.
   */
  NamespaceHandlers onDisconnect(DisconnectHandler handler);

  /**
   * Adds the methods of an object that have one of the annotations {@link OnConnect}, {@link
   * OnConnected}, {@link OnEvent}, {@link OnOther}, {@link OnDisconnecting}, {@link OnDisconnect}:
   * its own and those of its superclasses, of any visibility; an override needs the annotation
   * again. A method that implements one of an interface has the annotations of that one. The class
   * may be non-public; in a named module its package must be open to this library.
   *
   * <p>A proxy that is a generated subclass, as Spring makes them for {@code @Transactional} or
   * {@code @PreAuthorize}, has the annotations of its class, and is called itself, so that its
   * advice runs; private and final methods cannot be handlers there. A JDK proxy has the
   * annotations of its interfaces.
   *
   * <p>The one object serves all clients. Its methods are called on handler threads, one at a time
   * for one socket and at the same time for several: fields that they change must be safe for that.
   *
   * @throws IllegalArgumentException naming every method whose parameters or result do not fit, one
   *     a line; nothing is added then
   */
  NamespaceHandlers register(Object handlers);
}
