package io.starling.socketio;

import io.starling.manager.Accepted;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.HostId;
import io.starling.manager.HostResponses;
import io.starling.manager.SocketId;
import io.starling.manager.protocol.Arguments;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A namespace of a server: its handlers, and its sockets. Safe for any thread; no method blocks.
 */
public interface Namespace extends Broadcaster, NamespaceHandlers {
  /** Its name, with a leading slash. */
  String name();

  @Override
  Namespace use(ConnectHandler middleware);

  @Override
  Namespace useAsync(AsyncConnectHandler middleware);

  @Override
  Namespace onConnect(ConnectHandler handler);

  @Override
  Namespace onConnected(ConnectedHandler handler);

  @Override
  Namespace on(String event, EventHandler<Arguments> handler);

  @Override
  <T> Namespace on(String event, Class<T> type, EventHandler<T> handler);

  @Override
  <R> Namespace answer(String event, AnswerHandler<Arguments, R> handler);

  @Override
  <T, R> Namespace answer(String event, Class<T> type, AnswerHandler<T, R> handler);

  @Override
  Namespace onOther(OtherEventHandler handler);

  @Override
  Namespace onDisconnecting(DisconnectHandler handler);

  @Override
  Namespace onDisconnect(DisconnectHandler handler);

  @Override
  Namespace register(Object handlers);

  /** Everybody in the namespace, in all processes. */
  @Override
  BroadcastOperator broadcast();

  /** Sends an event to everybody in the namespace; as {@link BroadcastOperator#emit}. */
  CompletionStage<Accepted> emit(String event, @Nullable Object... arguments);

  /** The same as {@link #emit} with the event {@code message}. */
  default CompletionStage<Accepted> send(@Nullable Object... arguments) {
    return emit("message", arguments);
  }

  /**
   * Empties a room, in all processes. Never blocks.
   *
   * @return as {@link #emit}
   */
  CompletionStage<Accepted> closeRoom(String room);

  /**
   * Asks where a socket is; waits for {@link SocketIoServerConfig.Builder#ackTimeout} at most.
   *
   * @return the host that has it, as soon as it says so; empty when no host that answered in time
   *     has it; fails when this host is cut off from others, and names them
   */
  CompletionStage<Optional<HostId>> find(SocketId socket);

  /**
   * Sets the handler of an event that the servers of other hosts send to this namespace.
   *
   * @throws IllegalArgumentException when the name is reserved or has a handler
   */
  Namespace onServerEvent(String event, ServerEventHandler handler);

  /**
   * Sends an event to this namespace's servers on all other hosts, in order with emits. Never
   * blocks.
   *
   * @return as {@link #emit}
   */
  CompletionStage<Accepted> serverEmit(String event, @Nullable Object... arguments);

  /**
   * Sends an event to this namespace's servers on all other hosts and gathers their replies. A host
   * without a handler, and one whose handler throws, says so at once.
   *
   * @param timeout positive; after it the result holds what came
   */
  CompletionStage<HostResponses<Arguments>> serverEmitWithReply(
      Duration timeout, String event, @Nullable Object... arguments);

  /** The connected sockets of this process; a snapshot. */
  Collection<Socket> sockets();

  /**
   * The connected sockets of this process that are in a room; a snapshot. Of all processes: {@code
   * to(room).fetchSockets()}, and {@code to(room).count()} for their number on each host.
   */
  Collection<Socket> sockets(String room);

  /**
   * A connected socket of this process; empty when the client is gone, or in another process. One
   * that may be anywhere is reached as the room of its id, {@code to(id.value())}.
   */
  Optional<Socket> socket(SocketId id);
}
