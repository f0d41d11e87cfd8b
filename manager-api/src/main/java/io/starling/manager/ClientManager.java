package io.starling.manager;

import io.starling.manager.protocol.EventPayload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Reaches the sockets of this process, which it finds in the server's {@link Rooms}, and those of
 * all others. Every emit and every room operation on more than one socket goes through a manager. A
 * manager serves one server; all methods may be called from any thread and none blocks, but for
 * {@link #close()}.
 */
public interface ClientManager extends ClusterOperations, AutoCloseable {
  /**
   * Connects to the broker. Call it once, before anything else.
   *
   * @param sockets the server's side of the port
   * @param listener hears what happens inside
   * @param callbacks where dependent stages run; never a broker or publisher thread. What it
   *     refuses runs on a thread of the manager's. It may block, unless it is a {@link
   *     PromptExecutor}
   * @return completes when this host hears itself through the broker, or fails with a {@link
   *     ManagerException} that names the broker without its credentials
   */
  CompletionStage<Void> start(LocalSockets sockets, ManagerListener listener, Executor callbacks);

  /** This process in the cluster. */
  HostId hostId();

  BackendState state();

  /** The hosts that are alive, this one included. */
  Set<HostId> hosts();

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
