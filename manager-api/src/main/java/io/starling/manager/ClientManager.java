package io.starling.manager;

import io.starling.manager.protocol.EventPayload;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Knows which sockets of this process are in which rooms, and reaches the sockets of all others.
 * Every emit and room operation of a server goes through one. A manager serves one server; all
 * methods may be called from any thread and none blocks, but for {@link #close()}.
 */
public interface ClientManager extends ClusterOperations, AutoCloseable {
  /**
   * Connects to the broker. Call it once, before anything else.
   *
   * @param sockets the server's side of the port
   * @param listener hears what happens inside
   * @param callbacks where dependent stages run; never a broker or publisher thread
   * @return completes when this host hears itself through the broker, or fails with a {@link
   *     ManagerException} that names the broker without its credentials
   */
  CompletionStage<Void> start(LocalSockets sockets, ManagerListener listener, Executor callbacks);

  /** This process in the cluster. */
  HostId hostId();

  BackendState state();

  /** The hosts that are alive, this one included. */
  Set<HostId> hosts();

  /** Registers a socket, which from now on is in the room of its own id and in these rooms. */
  void connect(String namespace, LocalSocket socket, Collection<String> rooms);

  /** Forgets a socket and its rooms. Unknown sockets are ignored. */
  void disconnect(String namespace, SocketId socket);

  /** Whether the socket was registered in this process and is not forgotten yet. */
  boolean isLocal(String namespace, SocketId socket);

  /**
   * Puts a socket of this process into rooms at once; nothing goes over the bus.
   *
   * @return false when the socket is not here
   */
  boolean join(String namespace, SocketId socket, Collection<String> rooms);

  /**
   * Takes a socket of this process out of rooms at once. Its own room cannot be left and is
   * ignored.
   *
   * @return false when the socket is not here
   */
  boolean leave(String namespace, SocketId socket, Collection<String> rooms);

  /** The rooms of a socket of this process, its own included; empty when it is not here. */
  Set<String> rooms(String namespace, SocketId socket);

  /** The sockets of this process that are meant, each once; a snapshot. */
  Set<SocketId> localMembers(String namespace, Recipients recipients);

  /**
   * Sends an event to every recipient in the cluster and gathers their acks.
   *
   * @param timeout positive; after it the result holds what came
   */
  CompletionStage<AckResponses<EventPayload>> emitWithAck(
      String namespace,
      Recipients recipients,
      EventPayload event,
      Set<EmitFlag> flags,
      Duration timeout);

  /** The hosts that are alive, this one included, and what is known of them. */
  List<HostInfo> hostInfos();

  /** What it has done, and how it stands. */
  ManagerStatistics statistics();

  /**
   * Asks every host for its sockets among the recipients.
   *
   * @param projection what is wanted beside their ids
   * @param timeout positive; after it the result holds what came
   */
  CompletionStage<HostResponses<List<RemoteSocket<EventPayload>>>> fetchSockets(
      String namespace,
      Recipients recipients,
      Set<Projection> projection,
      Set<EmitFlag> flags,
      Duration timeout);

  /** Asks every host how many of its sockets are among the recipients. */
  CompletionStage<HostResponses<Integer>> count(
      String namespace, Recipients recipients, Set<EmitFlag> flags, Duration timeout);

  /**
   * Asks where a socket is.
   *
   * @return the host that has it, as soon as it says so; empty when no host that answered in time
   *     has it; fails with a {@link BackendUnavailableException} that names the hosts that this one
   *     could not ask
   */
  CompletionStage<Optional<HostId>> find(String namespace, SocketId socket, Duration timeout);

  /** Sends an event to the servers of all other hosts, in order with emits. */
  CompletionStage<Accepted> serverEmit(String namespace, EventPayload event);

  /** Sends an event to the servers of all other hosts and gathers their replies. */
  CompletionStage<HostResponses<EventPayload>> serverEmitWithReply(
      String namespace, EventPayload event, Duration timeout);

  /**
   * Completes when an emit would be accepted by the outbox: at once while there is room. The
   * back-pressure for whoever emits much.
   */
  CompletionStage<Void> whenWritable();

  /** Stops accepting, drains for at most 5 s, says goodbye. Idempotent; blocks until done. */
  @Override
  void close();
}
