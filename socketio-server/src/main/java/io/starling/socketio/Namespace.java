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
 * A namespace of a server: its handlers, and its sockets. Safe for any thread.
 *
 * <p>Handlers are called on handler threads, never on an event loop, and may block. For one socket
 * they are called one at a time: the middlewares, the connect handlers, the events in the order of
 * their arrival, the disconnect handlers. Register them before clients connect.
 */
public interface Namespace extends Broadcaster {
  /** Its name, with a leading slash. */
  String name();

  /**
   * Adds a check that every client passes before the connect handlers, in order of addition. What
   * it throws refuses the client, as in {@link #onConnect}.
   */
  Namespace use(ConnectHandler middleware);

  /**
   * Adds a handler for clients that connect, called in order of addition.
   *
   * <p>The client is told that it is connected when the last of them has returned. What they emit
   * to the socket is held until then, and so is its membership: an emit to the namespace or a room
   * does not reach it yet, and there is no waiting for its acks here. What one of them throws
   * refuses the client: a {@link ConnectRefusedException} with its message and data, anything else
   * with a message that tells nothing, and is reported to the {@link SocketIoListener}. A refused
   * client has never been in the namespace, and no disconnect handler hears of it.
   */
  Namespace onConnect(ConnectHandler handler);

  /**
   * Sets the handler of an event. A handler of the socket itself comes first, see {@link
   * Socket#on}.
   *
   * @throws IllegalArgumentException when the name is reserved or has a handler
   */
  Namespace on(String event, EventHandler<Arguments> handler);

  /**
   * Sets the handler of an event whose first argument is read as a type; further arguments are
   * dropped. An event whose first argument is missing, null or of another shape counts as one that
   * the handler threw at.
   *
   * @throws IllegalArgumentException when the name is reserved or has a handler
   */
  <T> Namespace on(String event, Class<T> type, EventHandler<T> handler);

  /**
   * Adds a handler for sockets that leave, called in order of addition: exactly once for each
   * socket whose connect handlers all returned, after its last event.
   */
  Namespace onDisconnect(DisconnectHandler handler);

  /** Everybody in the namespace, in all processes. */
  @Override
  BroadcastOperator broadcast();

  /** Sends an event to everybody in the namespace; as {@link BroadcastOperator#emit}. */
  CompletionStage<Accepted> emit(String event, @Nullable Object... arguments);

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
   *     has it
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
}
