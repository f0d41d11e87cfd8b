package io.starling.socketio;

import io.starling.manager.Accepted;
import io.starling.manager.BackendState;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.ManagerStatistics;
import io.starling.manager.SocketId;
import io.starling.socketio.http.WebHandler;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Socket.IO server: one port, one process of the cluster. Make it, declare namespaces and
 * handlers, start it.
 *
 * <pre>{@code
 * SocketIoServer server = SocketIoServer.create(SocketIoServerConfig.builder().port(3000).build());
 * server.root().on("chat", (socket, arguments, ack) -> socket.to("lobby").emit("chat", arguments.get(0)));
 * server.start();
 * }</pre>
 *
 * <p>Safe for any thread. Its threads are daemons: a program that has nothing else to do must wait
 * by itself. It installs no shutdown hook.
 */
public interface SocketIoServer extends Broadcaster, AutoCloseable {
  /** Makes a server that does not listen yet. */
  static SocketIoServer create(SocketIoServerConfig config) {
    return ServiceLoader.load(SocketIoServerFactory.class, SocketIoServer.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("socketio-server: incomplete jar (expected: services)"))
        .create(config);
  }

  /**
   * A namespace, declared by the first call. Clients are refused in namespaces that nobody declared
   * and no predicate lets them have; {@code /} always exists.
   *
   * <p>A namespace that is made here takes over the handlers of the first {@linkplain #of(Pattern)
   * pattern} that matches its name, if that was registered before. The pattern's connect handlers
   * run before its own, so what guards a pattern guards it too.
   *
   * <p>To declare is more than to address: no {@linkplain #of(NamespacePredicate) predicate} judges
   * the clients of a declared namespace, which the log warns of, and it stays when they have gone.
   * To emit to any namespace: {@link #broadcast(String)}.
   *
   * @param name with a leading slash, without a comma, at most 1 KiB
   * @throws IllegalArgumentException when the name is none
   */
  Namespace of(String name);

  /**
   * As {@link #of(NamespacePredicate)} for names that match as a whole. Its handlers are also those
   * of a namespace with such a name that {@link #of(String)} declares later.
   */
  NamespaceHandlers of(Pattern names);

  /**
   * Lets clients have namespaces that nobody declared: {@code of((name, handshake) -> true)} lets
   * everyone have every one. Of several predicates the first that accepts a client counts.
   *
   * <p>Such a namespace is made for its first client. Its handlers are those registered here, also
   * later on, by the predicate that accepted that client; they come between its own and those of
   * {@link #anyNamespace}. It is forgotten when its last client has left and the disconnect
   * handlers have run ({@link SocketIoServerConfig.Builder#cleanupEmptyNamespaces}), and there is a
   * bound on their number ({@link SocketIoServerConfig.Builder#maxDynamicNamespaces}).
   */
  NamespaceHandlers of(NamespacePredicate predicate);

  /** The namespaces of this process, declared or made for clients; a snapshot. */
  Collection<Namespace> namespaces();

  /**
   * Everybody in a namespace, in all processes. It need not be known here, and is not declared.
   *
   * @throws IllegalArgumentException when the name holds a lone surrogate or is too long
   */
  BroadcastOperator broadcast(String namespace);

  /**
   * Handlers for all namespaces, behind the namespaces' own. They admit nobody: a client is refused
   * in a namespace that nobody declared and no predicate lets it have.
   */
  NamespaceHandlers anyNamespace();

  /** The namespace {@code /}, which clients use when they name none. */
  default Namespace root() {
    return of("/");
  }

  /**
   * Lets a handler answer the HTTP requests that are neither for an endpoint, such as {@code
   * /socket.io/}, nor for a static file that exists. Without one they get status 404.
   *
   * @throws IllegalStateException when there is one
   */
  SocketIoServer onRequest(WebHandler handler);

  /**
   * Connects to the cluster, then listens. Blocks until both is done.
   *
   * @throws ServerStartException when the broker cannot be reached or the port is not to be had;
   *     everything is released then
   * @throws IllegalStateException when it was started before
   */
  void start();

  /**
   * Where it listens.
   *
   * @throws IllegalStateException unless it is started
   */
  InetSocketAddress address();

  /** The port where it listens; as {@link #address()}. */
  default int port() {
    return address().getPort();
  }

  /**
   * Where {@code /healthz}, {@code /readyz} and {@code /metrics} are.
   *
   * @throws IllegalStateException unless it is started, with {@link
   *     SocketIoServerConfig.Builder#managementPort} set
   */
  InetSocketAddress managementAddress();

  /** This process in the cluster; new with every server that is made. */
  HostId hostId();

  /**
   * Reads the certificate files again, for the connections to come; changed files are noticed
   * without it, within seconds of a new connection. Blocks. Does nothing without TLS.
   *
   * @throws IllegalArgumentException naming the file that is at fault; the old certificate stays
   */
  void reloadCertificate();

  /** The hosts of the cluster that are alive, this one included. */
  List<HostInfo> hosts();

  /** How the server stands with its broker; {@link BackendState#UP} when it has none. */
  BackendState managerState();

  /** What it has done, for metrics. Looks at every connection and socket; does not block. */
  ServerStatistics statistics();

  /** What its manager has done, for metrics. */
  ManagerStatistics managerStatistics();

  /** Completes when the cluster takes more: the back-pressure for whoever emits much. */
  CompletionStage<Void> whenWritable();

  /** Everybody in {@code /}. */
  @Override
  default BroadcastOperator broadcast() {
    return root().broadcast();
  }

  /** Sends an event to every client of {@code /}; as {@link Namespace#emit}. */
  default CompletionStage<Accepted> emit(String event, @Nullable Object... arguments) {
    return root().emit(event, arguments);
  }

  /** The same as {@link #emit} with the event {@code message}. */
  default CompletionStage<Accepted> send(@Nullable Object... arguments) {
    return root().send(arguments);
  }

  /** A connected socket of {@code /} in this process; as {@link Namespace#socket}. */
  default Optional<Socket> socket(SocketId id) {
    return root().socket(id);
  }

  /**
   * Stops listening, disconnects all clients as {@link DisconnectReason#SERVER_SHUTTING_DOWN},
   * waits for their disconnect handlers, leaves the cluster. Blocks, for some seconds at most.
   * Idempotent. Must not be called on an event loop or by a handler.
   */
  @Override
  void close();
}
