package io.starling.manager;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Carries out operations on the Socket.IO clients of a whole cluster, on behalf of the server in
 * one of its processes. Every emit and every room operation on more than one socket goes through a
 * manager. It serves the clients of its own process through {@link LocalServer}, and reaches the
 * other hosts through a broker. A manager serves one server. All methods may be called from any
 * thread, and only {@link #close()} blocks.
 */
public interface ClientManager extends Operation.Performer, Question.Asker, AutoCloseable {
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
  CompletionStage<Void> start(LocalServer sockets, ManagerListener listener, Executor callbacks);

  /** Returns the id of this process in the cluster. */
  HostId hostId();

  /** Returns the state of the connection to the broker. */
  BackendState state();

  /** Returns the hosts that are alive as far as this host knows, this one included. */
  Set<HostId> hosts();

  /** Returns a description of each host that is alive, this one included. */
  List<HostInfo> hostInfos();

  /** Returns the counters and the state of this manager. */
  ManagerStatistics statistics();

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
