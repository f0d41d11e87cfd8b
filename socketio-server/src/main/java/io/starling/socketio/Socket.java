package io.starling.socketio;

import io.starling.manager.BroadcastOperator;
import io.starling.manager.SocketId;
import io.starling.manager.protocol.Arguments;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One client in one namespace, connected to this process. Safe for any thread; no method blocks but
 * {@link #call}. Operations on one socket are applied in the order of their calls. Once it has
 * left, they do nothing.
 */
public interface Socket extends SocketOperator, Broadcaster {
  /** Its public id, and the name of a room that it alone is in. */
  SocketId id();

  Namespace namespace();

  /** What the client brought when it connected. */
  Handshake handshake();

  /** Whether the client has been accepted and has not left. */
  boolean connected();

  /** What the application remembers of it; always the same one. */
  Session session();

  /**
   * What the application shares of it: other hosts get it by {@link
   * BroadcastOperator#fetchSockets()}. A snapshot, unmodifiable.
   */
  Map<String, Object> data();

  /**
   * Shares a value with other hosts; kept as long as the socket.
   *
   * @param value anything that JSON can represent; null forgets the key
   * @throws IllegalArgumentException when it cannot be represented; nothing is changed then
   */
  void data(String key, @Nullable Object value);

  /** The rooms that it is in, its own included; those that it was in when it has left. */
  Set<String> rooms();

  /** Enters rooms, at once. */
  default void join(String... rooms) {
    join(List.of(rooms));
  }

  /** Enters rooms, at once. */
  void join(Collection<String> rooms);

  /** Leaves rooms, at once. */
  default void leave(String... rooms) {
    leave(List.of(rooms));
  }

  /** Leaves rooms, at once. Its own room cannot be left and is ignored. */
  void leave(Collection<String> rooms);

  /** Everybody in the namespace but this socket, in all processes. */
  @Override
  BroadcastOperator broadcast();

  /**
   * Sets the handler of an event of this socket; it goes before the namespace's own.
   *
   * @throws IllegalArgumentException when the name is reserved or has a handler here
   */
  Socket on(String event, SocketEventHandler<Arguments> handler);

  /**
   * The same with the first argument read as a type; see {@link Namespace#on(String, Class,
   * EventHandler)}.
   */
  <T> Socket on(String event, Class<T> type, SocketEventHandler<T> handler);

  /** Removes the handler that {@link #on} set for an event; without one it does nothing. */
  Socket off(String event);

  /**
   * Adds a check for this socket's events, in order of addition, after {@link #onAny} and before
   * the handlers.
   */
  Socket use(EventMiddleware middleware);

  /**
   * As {@link #use}, for a check that no thread waits for; in order with those. The socket's next
   * events wait for it.
   */
  Socket useAsync(AsyncEventMiddleware middleware);

  /**
   * Adds a listener for all events of this socket, called in order of addition, before all else.
   */
  Socket onAny(AnyEventListener listener);

  /** Removes a listener that {@link #onAny} added; of one added twice, the first. */
  Socket offAny(AnyEventListener listener);

  /**
   * Adds a handler for the end of this socket, called before the namespace's own; see {@link
   * NamespaceHandlers#onDisconnecting}.
   */
  Socket onDisconnecting(DisconnectHandler handler);

  /** Adds a handler for the end of this socket, called before the namespace's own. */
  Socket onDisconnect(DisconnectHandler handler);

  /** Ends this socket after everything that was sent to it before; the connection stays. */
  default void disconnect() {
    disconnect(false);
  }

  /**
   * Ends this socket after everything that was sent to it before.
   *
   * @param closeTransport also closes the client's connection, and with it all its namespaces
   */
  void disconnect(boolean closeTransport);
}
