package io.starling.socketio;

import io.starling.manager.Accepted;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.Everybody;
import io.starling.manager.HostId;
import io.starling.manager.HostResponses;
import io.starling.manager.SocketId;
import io.starling.protocol.payload.Arguments;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A namespace of a server: the handlers that are registered for it, and the clients that are
 * connected to it. Safe for any thread. No method blocks.
 */
public interface Namespace extends Everybody, NamespaceHandlers<Namespace> {
  /** The name of the namespace, with its leading slash. */
  String name();

  /** Addresses all sockets of this namespace, in all processes. */
  @Override
  BroadcastOperator broadcast();

  /**
   * Removes all members from a room, in all processes. Never blocks.
   *
   * @return completes as the stage of {@link #emit}
   */
  CompletionStage<Accepted> closeRoom(String room);

  /**
   * Asks all hosts which of them a socket is connected to. Waits for at most {@link
   * SocketIoServerConfig.Builder#ackTimeout}.
   *
   * @return completes with the host that has the socket, as soon as that host answers. Completes
   *     with an empty optional when no host that answered in time has the socket. Fails with {@link
   *     io.starling.manager.BackendUnavailableException}, whose message names the hosts, when some
   *     hosts could not be asked
   */
  CompletionStage<Optional<HostId>> find(SocketId socket);

  /**
   * Sets the handler of an event that servers on other hosts send to this namespace, by {@link
   * #serverEmit} or {@link #serverEmitWithReply}. The server events of one namespace are handled
   * one after the other. What the handler passes to {@link Ack#send} is the reply. If the handler
   * throws, a sender that waits for a reply is told at once that this host has none.
   *
   * @throws IllegalArgumentException when the name is reserved, or when the event has a handler
   *     already
   */
  Namespace onServerEvent(String event, EventReceiver<Arguments> handler);

  /**
   * Sends an event to this namespace on all other hosts. The event is not for clients: the servers
   * there handle it, see {@link #onServerEvent}. It keeps its order among emits. Never blocks.
   *
   * @return completes as the stage of {@link #emit}
   */
  CompletionStage<Accepted> serverEmit(String event, @Nullable Object... arguments);

  /**
   * Sends an event to this namespace on all other hosts and gathers their replies. A host without a
   * handler for the event, or whose handler throws, counts as missing at once.
   *
   * @param timeout how long to wait for replies; positive. When the time is over, the result holds
   *     the replies that have come by then
   */
  CompletionStage<HostResponses<Arguments>> serverEmitWithReply(
      Duration timeout, String event, @Nullable Object... arguments);

  /**
   * The sockets of this namespace that are connected to this process. The collection is a snapshot
   * and unmodifiable.
   */
  Collection<Socket> sockets();

  /**
   * The sockets in a room that are connected to this process. The collection is a snapshot and
   * unmodifiable. For the sockets of all processes use {@code to(room).fetchSockets()}; {@code
   * to(room).count()} tells how many each host has.
   */
  Collection<Socket> sockets(String room);

  /**
   * A socket that is connected to this process. Empty when the client has left, or is connected to
   * another process. To emit to a socket in any process, use the room of its id: {@code
   * to(id.value())}.
   */
  Optional<Socket> socket(SocketId id);
}
