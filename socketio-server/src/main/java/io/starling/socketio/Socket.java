package io.starling.socketio;

import io.starling.manager.BroadcastOperator;
import io.starling.manager.Broadcaster;
import io.starling.manager.SocketId;
import io.starling.protocol.payload.Arguments;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One client in one namespace, connected to this process. Safe for any thread. No method blocks
 * except {@link #call}. Operations on one socket take effect in the order in which they are called.
 * When the client has left, they do nothing.
 */
public interface Socket extends SocketOperator, Broadcaster {
  /** The public id of the socket. It is also the name of a room that holds this socket alone. */
  SocketId id();

  Namespace namespace();

  /** What the client sent when it connected. */
  Handshake handshake();

  /** Whether the client is connected to the namespace: it has been accepted and has not left. */
  boolean connected();

  /**
   * The values that the application stores for this socket in this process. Every call returns the
   * same object.
   */
  Session session();

  /**
   * The values that the application shares with other hosts, by name. Other hosts read them with
   * {@link BroadcastOperator#fetchSockets()}. The map is a snapshot and unmodifiable.
   */
  Map<String, Object> data();

  /**
   * Sets a value that other hosts can read, see {@link #data()}. The value is kept as long as the
   * socket.
   *
   * @param value anything that JSON can represent; null removes the key
   * @throws IllegalArgumentException when JSON cannot represent the value; nothing is changed then
   */
  void data(String key, @Nullable Object value);

  /**
   * The rooms that the socket is in, including the room of its own id. When the client has left,
   * these are the rooms that it was in last.
   */
  Set<String> rooms();

  /**
   * Adds the socket to rooms. It is a member when this method returns. A connect handler may call
   * this method, too: there the socket becomes a member when the client is connected.
   */
  default void join(String... rooms) {
    join(List.of(rooms));
  }

  /** As {@link #join(String...)}. */
  void join(Collection<String> rooms);

  /**
   * Removes the socket from rooms. It is no longer a member when this method returns. The room of
   * the socket's own id cannot be left; it is ignored here.
   */
  default void leave(String... rooms) {
    leave(List.of(rooms));
  }

  /** As {@link #leave(String...)}. */
  void leave(Collection<String> rooms);

  /** Addresses all sockets of the namespace except this one, in all processes. */
  @Override
  BroadcastOperator broadcast();

  /**
   * Sets a handler for an event of this socket alone. It is called instead of the handler of the
   * namespace.
   *
   * @throws IllegalArgumentException when the name is reserved, or when this socket has a handler
   *     for the event already
   */
  Socket on(String event, EventReceiver<Arguments> handler);

  /**
   * As {@link #on(String, EventReceiver)}, with the first argument read as the given type; see
   * {@link Namespace#on(String, Class, EventHandler)}.
   */
  <T> Socket on(String event, Class<T> type, EventReceiver<T> handler);

  /** Removes the handler that {@link #on} set for an event. Does nothing when there is none. */
  Socket off(String event);

  /**
   * Adds a check for the events of this socket. Checks run in the order in which they were added,
   * after the listeners of {@link #onAny} and before the handlers. A check that throws refuses the
   * event.
   */
  Socket use(AnyEventHandler middleware);

  /**
   * As {@link #use}, for a check that returns a stage and does not block a thread. Checks of both
   * sorts run in the order in which they were added. The next events of the socket wait for the
   * stage.
   */
  Socket useAsync(AsyncEventMiddleware middleware);

  /**
   * Adds a listener for all events of this socket. Listeners are called in the order in which they
   * were added, before the checks and handlers of the event. What a listener throws is reported to
   * the {@link SocketIoListener}, and the event is handled nevertheless.
   */
  Socket onAny(AnyEventHandler listener);

  /**
   * Removes a listener that {@link #onAny} added. If it was added more than once, only the first is
   * removed.
   */
  Socket offAny(AnyEventHandler listener);

  /**
   * Adds a handler for the end of this socket. It is called before the handlers that the namespace
   * has for {@link NamespaceHandlers#onDisconnecting}.
   */
  Socket onDisconnecting(DisconnectHandler handler);

  /**
   * Adds a handler for the end of this socket. It is called before the handlers that the namespace
   * has for {@link NamespaceHandlers#onDisconnect}.
   */
  Socket onDisconnect(DisconnectHandler handler);

  /**
   * Disconnects this socket from its namespace, after everything that was sent to it before. The
   * connection of the client stays open.
   */
  default void disconnect() {
    disconnect(false);
  }

  /**
   * Disconnects this socket from its namespace, after everything that was sent to it before.
   *
   * @param closeTransport also closes the connection of the client, and with it all its other
   *     sockets
   */
  void disconnect(boolean closeTransport);
}
