package io.starling.manager;

import io.starling.protocol.payload.EventPayload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Carries out operations on the Socket.IO clients of a whole cluster, on behalf of the server in
 * one of its processes. Every emit and every room operation on more than one socket goes through a
 * manager. It serves the clients of its own process through {@link LocalSockets}, and reaches the
 * other hosts through a broker. A manager serves one server. All methods may be called from any
 * thread, and only {@link #close()} blocks.
 *
 * <p>Questions, which are the methods that return answers, never fail because a host is slow. Their
 * result lists the hosts that did not answer.
 */
public interface ClientManager extends ClusterOperations, AutoCloseable {
  /**
   * Connects to the broker. Call this method once, before any operation.
   *
   * @param sockets the operations of the server on the sockets of this process
   * @param listener receives the events of the manager
   * @param callbacks runs the stages that depend on the stages of this manager, so that these never
   *     run on a thread of the broker client or on the publisher thread. A stage that the executor
   *     rejects runs on another thread. The executor may block, unless it is a {@link
   *     PromptExecutor}
   * @return completes when this host has received its own first message back from the broker. With
   *     {@code keep-trying=true} in the URL it completes without waiting for the broker. It fails
   *     with a {@link ManagerException} when the broker cannot be reached, or when the message does
   *     not come back within 10 s. The exception names the broker without its credentials
   */
  CompletionStage<Void> start(LocalSockets sockets, ManagerListener listener, Executor callbacks);

  /** Returns the id of this process in the cluster. */
  HostId hostId();

  /** Returns the state of the connection to the broker. */
  BackendState state();

  /** Returns the hosts that are alive as far as this host knows, this one included. */
  Set<HostId> hosts();

  /**
   * Sends an event to every recipient in the cluster and collects their acknowledgements.
   *
   * @param timeout positive. When it has passed, the stage completes with the answers so far
   */
  CompletionStage<AckResponses<EventPayload>> emitWithAck(
      String namespace,
      Recipients recipients,
      EventPayload event,
      Set<EmitFlag> flags,
      Duration timeout);

  /** Returns a description of each host that is alive, this one included. */
  List<HostInfo> hostInfos();

  /** Returns the counters and the state of this manager. */
  ManagerStatistics statistics();

  /**
   * Asks every host which of its sockets are among the recipients.
   *
   * @param projection the properties to fetch beside the ids
   * @param timeout positive. When it has passed, the stage completes with the answers so far
   */
  CompletionStage<HostResponses<List<RemoteSocket<EventPayload>>>> fetchSockets(
      String namespace,
      Recipients recipients,
      Set<Projection> projection,
      Set<EmitFlag> flags,
      Duration timeout);

  /**
   * Asks every host how many of its sockets are among the recipients.
   *
   * @param timeout positive. When it has passed, the stage completes with the answers so far
   */
  CompletionStage<HostResponses<Integer>> count(
      String namespace, Recipients recipients, Set<EmitFlag> flags, Duration timeout);

  /**
   * Finds the host that a socket is connected to.
   *
   * @return completes with the host as soon as that host answers. It completes with empty when no
   *     host that answered in time has the socket. It fails with a {@link
   *     BackendUnavailableException} when no answer names the socket and this host could not ask
   *     all others
   */
  CompletionStage<Optional<HostId>> find(String namespace, SocketId socket, Duration timeout);

  /** Sends an event to the servers of all other hosts. It keeps its order among emits. */
  CompletionStage<Accepted> serverEmit(String namespace, EventPayload event);

  /**
   * Sends an event to the servers of all other hosts and collects their replies.
   *
   * @param timeout positive. When it has passed, the stage completes with the answers so far
   */
  CompletionStage<HostResponses<EventPayload>> serverEmitWithReply(
      String namespace, EventPayload event, Duration timeout);

  /**
   * Returns a stage that completes when the outbox has room for an emit, at once if it has room
   * now. A caller that emits much should wait for this stage before its next emit.
   */
  CompletionStage<Void> whenWritable();

  /**
   * Closes this manager. It refuses new operations, publishes the waiting ones for at most 5 s, and
   * says goodbye to the other hosts. Blocks until that is done. A second call has no effect.
   */
  @Override
  void close();
}
