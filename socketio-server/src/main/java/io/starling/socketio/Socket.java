package io.starling.socketio;

import io.starling.manager.BroadcastOperator;
import io.starling.manager.SocketId;
import io.starling.manager.protocol.Arguments;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * One client in one namespace, connected to this process. Safe for any thread; no method blocks.
 * Operations on one socket are applied in the order of their calls. Once it has left, they do
 * nothing.
 */
public interface Socket extends Broadcaster {
  /** Its public id, and the name of a room that it alone is in. */
  SocketId id();

  Namespace namespace();

  /** What the client brought when it connected. */
  Handshake handshake();

  /** Whether the client has been accepted and has not left. */
  boolean connected();

  /** Values of the application, kept as long as the socket and seen in this process only. */
  ConcurrentMap<String, Object> attributes();

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
   * Sends an event to this client alone.
   *
   * @throws IllegalArgumentException when an argument cannot be represented, or the name is
   *     reserved; nothing is sent then
   */
  void emit(String event, @Nullable Object... arguments);

  /**
   * Sends an event to this client and waits for its ack as long as {@link
   * SocketIoServerConfig.Builder#ackTimeout} says; as {@link #emitWithAck(Duration, String,
   * Object...)}.
   */
  CompletionStage<Arguments> emitWithAck(String event, @Nullable Object... arguments);

  /**
   * Sends an event to this client and waits for its ack.
   *
   * @return what the client answered; dependent stages run on handler threads. Fails with {@link
   *     io.starling.manager.AckTimeoutException}, or at once with {@link
   *     SocketDisconnectedException} when the client leaves
   * @throws IllegalArgumentException as {@link #emit}
   */
  CompletionStage<Arguments> emitWithAck(
      Duration timeout, String event, @Nullable Object... arguments);

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
