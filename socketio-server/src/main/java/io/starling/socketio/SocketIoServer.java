package io.starling.socketio;

import io.starling.manager.BackendState;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.Everybody;
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

/**
 * A Socket.IO server: one port, in one process of the cluster. {@link #create} builds the server,
 * {@link #of(String)} declares namespaces for which handlers are registered, and {@link #start}
 * opens the port.
 *
 * <pre>{@code
 * SocketIoServer server = SocketIoServer.create(SocketIoServerConfig.builder().port(3000).build());
 * server.root().on("chat", (socket, arguments, ack) -> socket.to("lobby").emit("chat", arguments.get(0)));
 * server.start();
 * }</pre>
 *
 * <p>Safe for any thread. The threads of the server are daemons: a program that has nothing else to
 * do must wait itself, or it ends. The server installs no shutdown hook.
 */
public interface SocketIoServer extends Everybody, AutoCloseable {
  /** Creates a server that does not listen yet. */
  static SocketIoServer create(SocketIoServerConfig config) {
    return ServiceLoader.load(SocketIoServerFactory.class, SocketIoServer.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("socketio-server: incomplete jar (expected: services)"))
        .create(config);
  }

  /**
   * The namespace of this name. The first call declares the namespace. A client is refused in a
   * namespace that was not declared, unless a pattern or a predicate admits it. The namespace
   * {@code /} always exists.
   *
   * <p>A declared namespace takes over the handlers of the first {@linkplain #of(Pattern) pattern}
   * that matches its name, if that pattern was registered before. The middlewares and connect
   * handlers of the pattern run before those of the namespace, so a check of the pattern protects
   * the namespace, too.
   *
   * <p>Do not declare a namespace only to emit to it; use {@link #broadcast(String)} for that. A
   * declared namespace stays when its last client has left, and no {@linkplain
   * #of(NamespacePredicate) predicate} is asked for its clients. If predicates are registered, the
   * log warns of this.
   *
   * @param name the name with a leading slash and without a comma, at most 1 KiB in UTF-8
   * @throws IllegalArgumentException when the name does not have this form
   */
  Namespace of(String name);

  /**
   * Admits all clients to the namespaces whose whole name matches a pattern; see {@link
   * #of(NamespacePredicate)}. The handlers that are registered here also serve namespaces with such
   * a name that {@link #of(String)} declares later.
   */
  NamespaceHandlers<?> of(Pattern names);

  /**
   * Admits clients to namespaces that were not declared. {@code of((name, handshake) -> true)}
   * admits every client to every namespace. Predicates and patterns are asked in the order in which
   * they were registered; the first one that accepts the client counts.
   *
   * <p>The server makes such a namespace for its first client. Its handlers are those that are
   * registered on the result of this method, also later on. They come after the handlers of the
   * namespace itself and before those of {@link #anyNamespace}. The predicate that accepted the
   * first client decides which handlers the namespace has.
   *
   * <p>The namespace is removed when its last client has left and the disconnect handlers have run,
   * see {@link SocketIoServerConfig.Builder#cleanupEmptyNamespaces}. {@link
   * SocketIoServerConfig.Builder#maxDynamicNamespaces} limits how many such namespaces exist.
   */
  NamespaceHandlers<?> of(NamespacePredicate predicate);

  /**
   * The namespaces that exist in this process: those that were declared, and those that were made
   * for clients. The collection is a snapshot.
   */
  Collection<Namespace> namespaces();

  /**
   * Addresses all sockets of a namespace, in all processes. The namespace need not exist in this
   * process, and this method does not declare it.
   *
   * @throws IllegalArgumentException when the name contains a lone surrogate or is longer than 1
   *     KiB in UTF-8
   */
  BroadcastOperator broadcast(String namespace);

  /**
   * The place for handlers of all namespaces. {@link NamespaceHandlers} says when they are called.
   * They do not admit clients: a client is still refused in a namespace that was not declared,
   * unless a pattern or predicate admits it.
   */
  NamespaceHandlers<?> anyNamespace();

  /** The namespace {@code /}. A client that names no namespace uses this one. */
  default Namespace root() {
    return of("/");
  }

  /**
   * Sets the handler of HTTP requests that are for no endpoint, such as {@code /socket.io/}, and
   * for no static file. Without such a handler these requests get status 404.
   *
   * @throws IllegalStateException when the server has such a handler already
   */
  SocketIoServer onRequest(WebHandler handler);

  /**
   * Connects to the broker, if there is one, and then opens the port. Blocks until the server
   * listens.
   *
   * @throws ServerStartException when the broker cannot be reached or the port cannot be opened;
   *     the server is closed then
   * @throws IllegalStateException when the server was started or closed before
   */
  void start();

  /**
   * The address on which the server listens.
   *
   * @throws IllegalStateException when the server is not started
   */
  InetSocketAddress address();

  /** The port on which the server listens; see {@link #address()}. */
  default int port() {
    return address().getPort();
  }

  /**
   * The address of {@code /healthz}, {@code /readyz} and {@code /metrics}.
   *
   * @throws IllegalStateException when the server is not started, or when {@link
   *     SocketIoServerConfig.Builder#managementPort} is not set
   */
  InetSocketAddress managementAddress();

  /** The id of this process in the cluster. Every server that is created has a new one. */
  HostId hostId();

  /**
   * Reads the certificate files again, for new connections. Usually there is no need to call this
   * method: the server notices changed files by itself, within seconds of a new connection. Blocks.
   * Does nothing without TLS.
   *
   * @throws IllegalArgumentException naming the file that is at fault; the server keeps the old
   *     certificate then
   */
  void reloadCertificate();

  /** The hosts of the cluster that are alive, including this one. */
  List<HostInfo> hosts();

  /**
   * The state of the connection to the broker. For a server without a broker it is {@link
   * BackendState#UP} as long as the server runs.
   */
  BackendState managerState();

  /**
   * Counters and current values of this server, for metrics. The call looks at every connection and
   * socket, and does not block.
   */
  ServerStatistics statistics();

  /** Counters and current values of the connection to the broker, for metrics. */
  ManagerStatistics managerStatistics();

  /**
   * Completes when the queue for the broker has room for another emit; at once if it has room now,
   * or if there is no broker. A caller that emits much should wait for this stage.
   */
  CompletionStage<Void> whenWritable();

  /** Addresses all sockets of the namespace {@code /}, in all processes. */
  @Override
  default BroadcastOperator broadcast() {
    return root().broadcast();
  }

  /**
   * A socket of the namespace {@code /} that is connected to this process; see {@link
   * Namespace#socket}.
   */
  default Optional<Socket> socket(SocketId id) {
    return root().socket(id);
  }

  /**
   * Stops the server. It no longer listens, disconnects all clients as {@link
   * DisconnectReason#SERVER_SHUTTING_DOWN}, waits for their disconnect handlers and leaves the
   * cluster. Blocks until this is done, or some seconds have passed. A second call does nothing.
   * Must not be called on an event loop or by a handler.
   */
  @Override
  void close();
}
