package io.starling.socketio;

import io.starling.engineio.CloseReason;
import io.starling.engineio.EngineIoConfig;
import io.starling.engineio.EngineIoServer;
import io.starling.engineio.HandshakeRequest;
import io.starling.engineio.TransportKind;
import io.starling.manager.ClientManager;
import io.starling.manager.ClientManagerFactory;
import io.starling.manager.Libraries;
import io.starling.manager.ManagerListener;
import io.starling.protocol.payload.EventPayloadCodec;
import io.starling.socketio.http.StaticFilesConfig;
import io.starling.socketio.transport.AddressRanges;
import io.starling.socketio.transport.ClientCertificates;
import io.starling.socketio.transport.CompressionThreshold;
import io.starling.socketio.transport.CorsPolicy;
import io.starling.socketio.transport.IoKind;
import io.starling.socketio.transport.SessionCookie;
import io.starling.socketio.transport.TlsConfig;
import io.starling.socketio.transport.TransportConfig;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/**
 * The settings of a server. Immutable. {@link #builder} makes one and checks the settings; the
 * constructor checks nothing. The methods of {@link Builder} say what each setting means and which
 * default it has. The defaults are those of the protocol and of the official server, where these
 * have one.
 *
 * @param path the path where Socket.IO clients connect, with a slash at both ends
 * @param managers supplies the manager, see {@link #manager}
 * @param engine the settings of connections, such as heartbeat, transports and sizes
 * @param pendingTimeout empty when no connection is closed for slow handlers
 * @param transport the settings of HTTP and TLS, such as allowed origins, trusted proxies and
 *     cookies
 * @param staticFiles the settings of static files: which files are served under which paths
 * @param engineIo the plain Engine.IO servers by their paths
 * @param handlerThreads empty when no number was set
 * @param handlerExecutor empty when handlers run on threads of the server
 * @param managementPort empty when there is no such port
 */
public record SocketIoServerConfig(
    Optional<String> host,
    int port,
    String path,
    Supplier<ClientManager> managers,
    EngineIoConfig engine,
    TransportConfig transport,
    StaticFilesConfig staticFiles,
    Map<String, EngineIoServer> engineIo,
    Duration connectTimeout,
    Duration ackTimeout,
    int maxPendingEvents,
    long maxPendingBytes,
    long maxPendingBytesTotal,
    Optional<Duration> pendingTimeout,
    int maxNamespacesPerConnection,
    int maxDynamicNamespaces,
    boolean cleanupEmptyNamespaces,
    EventPayloadCodec codec,
    SocketIoListener listener,
    ManagerListener managerListener,
    OptionalInt handlerThreads,
    Optional<Executor> handlerExecutor,
    Optional<Integer> managementPort,
    String managementHost,
    boolean readyNeedsBroker) {
  /**
   * A builder that holds the defaults.
   *
   * @throws IllegalStateException when a library on the class path is too old, see {@link
   *     Libraries#check}
   */
  public static Builder builder() {
    Libraries.check();
    return new Builder();
  }

  /** The manager that was set; or else a new one for the URL that was set, at each call. */
  public ClientManager manager() {
    return managers.get();
  }

  /**
   * Collects settings; {@link #build} checks all of them. A method that is called again replaces
   * the setting, unless it says otherwise.
   */
  public static final class Builder {
    private Optional<String> host = Optional.empty();
    private int port = 3000;
    private String path = "/socket.io/";
    private Supplier<ClientManager> managers = () -> ClientManagerFactory.create("memory://");
    private Duration pingInterval = Duration.ofSeconds(25);
    private Duration pingTimeout = Duration.ofSeconds(20);
    private Duration connectTimeout = Duration.ofSeconds(45);
    private Duration upgradeTimeout = Duration.ofSeconds(10);
    private Duration closeTimeout = Duration.ofSeconds(30);
    private Duration requestTimeout = Duration.ofSeconds(30);
    private Duration keepAliveTimeout = Duration.ofSeconds(75);
    private Duration ackTimeout = Duration.ofSeconds(10);
    private int maxPayloadBytes = 1_000_000;
    private int maxAttachments = EventPayloadCodec.DEFAULT_MAX_ATTACHMENTS;
    private int maxJsonDepth = EventPayloadCodec.DEFAULT_MAX_JSON_DEPTH;
    private int maxRequestBodyBytes = 1 << 20;
    private long maxQueuedBytes = 1 << 20;
    private long maxQueuedBytesTotal = Runtime.getRuntime().maxMemory() / 4;
    private Duration slowConsumerTimeout = Duration.ofSeconds(30);
    private int maxPendingEvents = 10_000;
    private long maxPendingBytes = 16 << 20;
    private long maxPendingBytesTotal = Runtime.getRuntime().maxMemory() / 4;
    private Optional<Duration> pendingTimeout = Optional.empty();
    private int maxNamespacesPerConnection = 100;
    private int maxDynamicNamespaces = 10_000;
    private boolean cleanupEmptyNamespaces = true;
    private Set<TransportKind> transports = EnumSet.allOf(TransportKind.class);
    private Predicate<HandshakeRequest> allowRequest = request -> true;
    private Supplier<CorsPolicy> cors = CorsPolicy::sameOrigin;
    private Predicate<InetAddress> trustedProxies = address -> false;
    private Optional<SessionCookie> cookie = Optional.empty();
    private Optional<TlsConfig> tls = Optional.empty();
    private Optional<ClientCertificates> clientCertificates = Optional.empty();
    private CompressionThreshold httpCompression = CompressionThreshold.STANDARD;
    private CompressionThreshold webSocketCompression = CompressionThreshold.OFF;
    private Optional<IoKind> io = Optional.empty();
    private int eventLoopThreads = Runtime.getRuntime().availableProcessors();
    private OptionalInt handlerThreads = OptionalInt.empty();
    private Optional<Executor> handlerExecutor = Optional.empty();
    private final Map<String, StaticFilesConfig.Rule> staticRules = new LinkedHashMap<>();
    private String staticDefaultDocument = StaticFilesConfig.NONE.defaultDocument();
    private String staticCacheControl = StaticFilesConfig.NONE.cacheControl();
    private final Map<String, String> staticTypes = new LinkedHashMap<>();
    private Optional<Integer> managementPort = Optional.empty();
    private String managementHost = "localhost";
    private boolean readyNeedsBroker;
    private final Map<String, EngineIoServer> engineIo = new LinkedHashMap<>();
    private EventPayloadCodec codec = EventPayloadCodec.standard();
    private SocketIoListener listener = SocketIoListener.NONE;
    private ManagerListener managerListener = ManagerListener.logging("manager");

    private Builder() {}

    /** The address on which the server listens. Default: all addresses, IPv4 and IPv6. */
    public Builder host(String value) {
      host = Optional.of(value);
      return this;
    }

    /** The port on which the server listens; 0 for any free port. Default 3000. */
    public Builder port(int value) {
      port = value;
      return this;
    }

    /** The path where Socket.IO clients connect. Default {@code /socket.io/}. */
    public Builder path(String value) {
      path = value.endsWith("/") ? value : value + "/";
      return this;
    }

    /**
     * The URL of the broker that all processes share, such as {@code redis://localhost:6379}.
     * Default {@code memory://}: there is no broker and no other process. {@link #build} checks the
     * URL, and that the jar for this broker is on the class path. The server connects to the broker
     * when it starts.
     */
    public Builder manager(String url) {
      managers = () -> ClientManagerFactory.create(url);
      return this;
    }

    /**
     * The manager that connects the server to the others. It must not be started yet. The server
     * starts it and closes it, so it can serve one server only.
     */
    public Builder manager(ClientManager value) {
      managers = () -> value;
      return this;
    }

    /**
     * The time from the client's answer to a ping until the next ping. Default 25 s; 1 ms to 24 h.
     */
    public Builder pingInterval(Duration value) {
      pingInterval = value;
      return this;
    }

    /**
     * The time that a client has to answer a ping. A client that does not is disconnected as {@link
     * CloseReason#PING_TIMEOUT}. Default 20 s; 1 ms to 24 h.
     */
    public Builder pingTimeout(Duration value) {
      pingTimeout = value;
      return this;
    }

    /**
     * The greatest length of a WebSocket message or of the body of a POST from a client, in bytes.
     * Default 1,000,000.
     */
    public Builder maxPayloadBytes(int value) {
      maxPayloadBytes = value;
      return this;
    }

    /**
     * How many bytes may wait for one client. A client is disconnected as {@link
     * CloseReason#SLOW_CONSUMER} if more bytes wait for it and it has taken no byte for {@link
     * #slowConsumerTimeout}. A client that keeps taking bytes is not disconnected for this bound.
     * Default 1 MiB; at least 1.
     */
    public Builder maxQueuedBytes(long value) {
      maxQueuedBytes = value;
      return this;
    }

    /**
     * A test for every request that wants to open a connection. It runs on an event loop and must
     * not block. If it is false or throws, the client gets Engine.IO error 4, "Forbidden". Default:
     * every request is allowed.
     */
    public Builder allowRequest(Predicate<HandshakeRequest> value) {
      allowRequest = value;
      return this;
    }

    /**
     * How long a client may be connected without having joined a namespace. Then the connection is
     * closed. Default 45 s.
     */
    public Builder connectTimeout(Duration value) {
      connectTimeout = value;
      return this;
    }

    /** How long to wait for an ack, unless the call sets a time. Default 10 s. */
    public Builder ackTimeout(Duration value) {
      ackTimeout = value;
      return this;
    }

    /**
     * How many events of one socket may wait for their handlers. At this limit the server stops
     * reading from the client until handlers have taken half of the events. While an ack of the
     * client is awaited, the limit is twice as high. Default 10,000.
     *
     * <p>The setting also limits how many sockets of one connection may have left while their
     * handlers still run. A connection beyond that is closed as {@link
     * DisconnectReason#FORCED_SERVER_CLOSE}.
     */
    public Builder maxPendingEvents(int value) {
      maxPendingEvents = value;
      return this;
    }

    /**
     * How many bytes of events of one connection may wait for their handlers. At this limit the
     * server stops reading from the client until handlers have taken half of the bytes: it reads
     * nothing from a WebSocket, and delays the response to a POST. While an ack of the client is
     * awaited, the limit is twice as high. Default 16 MiB.
     *
     * <p>A single event of any allowed size is accepted. For the objects in memory each event
     * counts 256 bytes more than its own, and each attachment 128 more.
     */
    public Builder maxPendingBytes(long value) {
      maxPendingBytes = value;
      return this;
    }

    /**
     * How many bytes of events of all connections together may wait for their handlers. At this
     * limit the server reads from a connection only if none of its own events wait. Default: a
     * quarter of the maximum heap.
     *
     * <p>Packets whose attachments have not all arrived count, too. At the limit the server lets
     * one client after the other complete its packet. If such packets alone reach the limit, a
     * client whose turn it is and that sends no attachment for 10 seconds is closed as {@link
     * DisconnectReason#FORCED_SERVER_CLOSE}.
     */
    public Builder maxPendingBytesTotal(long value) {
      maxPendingBytesTotal = value;
      return this;
    }

    /**
     * How long the server may stop reading from a connection because its events wait for handlers.
     * Then it closes the connection as {@link DisconnectReason#FORCED_SERVER_CLOSE}. Default: no
     * limit.
     */
    public Builder pendingTimeout(Duration value) {
      pendingTimeout = Optional.of(value);
      return this;
    }

    /**
     * In how many namespaces one connection may be, including those that it asks for. A client that
     * asks for one more is refused there with the message {@code Too many namespaces}, and stays in
     * the others. Default 100.
     */
    public Builder maxNamespacesPerConnection(int value) {
      maxNamespacesPerConnection = value;
      return this;
    }

    /**
     * How many namespaces may exist that were not declared, but made for clients by a pattern or
     * predicate. A client that asks for one more is refused. Default 10,000.
     */
    public Builder maxDynamicNamespaces(int value) {
      maxDynamicNamespaces = value;
      return this;
    }

    /**
     * Whether a namespace that was made for a client by a pattern or predicate is removed when its
     * last client has left. Default true.
     */
    public Builder cleanupEmptyNamespaces(boolean value) {
      cleanupEmptyNamespaces = value;
      return this;
    }

    /**
     * The origins of web pages that may connect, such as {@code https://example.com:8443}; {@code
     * *} allows all. Pages of the server's own origin may always connect. {@link #build} refuses a
     * value that cannot be an origin. Default: no other origins.
     */
    public Builder corsOrigins(Collection<String> values) {
      List<String> origins = List.copyOf(values);
      cors = () -> origins.isEmpty() ? CorsPolicy.sameOrigin() : CorsPolicy.of(origins);
      return this;
    }

    /**
     * The policy for web pages of other origins; the same setting as {@link #corsOrigins}, with
     * more choice. Default {@link CorsPolicy#sameOrigin}.
     */
    public Builder cors(CorsPolicy value) {
      cors = () -> value;
      return this;
    }

    /**
     * The time that a polling client has to complete an upgrade once it has opened the WebSocket.
     * After that the server closes the WebSocket, and the session stays on polling. Default 10 s; 1
     * ms to 24 h.
     */
    public Builder upgradeTimeout(Duration value) {
      upgradeTimeout = value;
      return this;
    }

    /**
     * After a disconnect the server waits this long for the client to take the remaining messages,
     * to poll, and to answer the close frame of a WebSocket. Then it closes the connection. The
     * time starts anew with each byte that the client takes. Default 30 s; 1 ms to 24 h.
     */
    public Builder closeTimeout(Duration value) {
      closeTimeout = value;
      return this;
    }

    /**
     * How many bytes may wait for all clients together. While more wait, the server disconnects the
     * clients for whom a byte has waited longest, as {@link CloseReason#SLOW_CONSUMER}. A message
     * that several clients share counts once for each event loop. Default: a quarter of the maximum
     * heap; at least 1.
     */
    public Builder maxQueuedBytesTotal(long value) {
      maxQueuedBytesTotal = value;
      return this;
    }

    /**
     * How long a client may take no byte while more than {@link #maxQueuedBytes} wait for it. It
     * takes no byte if the server can write none to its connection, or if it does not poll. Default
     * 30 s; 1 ms to 24 h.
     */
    public Builder slowConsumerTimeout(Duration value) {
      slowConsumerTimeout = value;
      return this;
    }

    /**
     * The transports that the server offers, at least one. If it offers both, a polling session may
     * upgrade to a WebSocket. Default: both.
     */
    public Builder transports(Set<TransportKind> value) {
      transports = Set.copyOf(value);
      return this;
    }

    /**
     * Decides by its address whether a peer is a trusted proxy, for example with {@link
     * AddressRanges}. From a trusted proxy the server accepts the fields {@code X-Forwarded-For},
     * {@code X-Forwarded-Proto} and {@code X-Forwarded-Host} or, if none of them is there, {@code
     * Forwarded} (RFC 7239). The test runs on an event loop and must not block. Default: no peer is
     * trusted.
     */
    public Builder trustedProxies(Predicate<InetAddress> value) {
      trustedProxies = value;
      return this;
    }

    /** The cookie that is set when a session opens. Default: none. */
    public Builder cookie(SessionCookie value) {
      cookie = Optional.of(value);
      return this;
    }

    /**
     * Turns TLS 1.2 and 1.3 on, with this certificate. The server then accepts only {@code https}
     * and {@code wss}. Default: no TLS.
     */
    public Builder tls(TlsConfig value) {
      tls = Optional.of(value);
      return this;
    }

    /** Asks clients for certificates. Requires {@link #tls}. Default: no client is asked. */
    public Builder clientCertificates(ClientCertificates value) {
      clientCertificates = Optional.of(value);
      return this;
    }

    /**
     * The size from which responses to polls and static text files are compressed, for clients that
     * accept compression. Default: from 1,024 bytes.
     */
    public Builder httpCompression(CompressionThreshold value) {
      httpCompression = value;
      return this;
    }

    /**
     * The size from which WebSocket messages are compressed, for clients that offer the extension
     * permessage-deflate (RFC 7692). If compression is on, such clients may send compressed
     * messages, too. It costs processor time for every message. Default: off.
     */
    public Builder webSocketCompression(CompressionThreshold value) {
      webSocketCompression = value;
      return this;
    }

    /**
     * The interface of the operating system for network input and output. Default: the best one
     * that works on the machine; see {@link IoKind}.
     */
    public Builder io(IoKind value) {
      io = Optional.of(value);
      return this;
    }

    /** The number of event loop threads, at least 1. Default: one for each processor. */
    public Builder eventLoopThreads(int value) {
      eventLoopThreads = value;
      return this;
    }

    /**
     * The time that a connection has to send a complete request. It counts from the opening of the
     * connection and, for later requests, from their first byte. The same time limits how long a
     * client may leave a response unread. It does not limit how long a request, such as a poll,
     * waits for its response. Default 30 s; at least 1 ms.
     */
    public Builder requestTimeout(Duration value) {
      requestTimeout = value;
      return this;
    }

    /**
     * The time that a connection stays open after a response without a further request. A load
     * balancer in front of the server must close idle connections earlier. Otherwise it may send a
     * request over a connection that the server has just closed. Default 75 s; at least 1 ms.
     */
    public Builder keepAliveTimeout(Duration value) {
      keepAliveTimeout = value;
      return this;
    }

    /**
     * The largest body of an HTTP request to the application's handler, in bytes. A larger request
     * gets status 413. Default 1 MiB; at least 1. It does not limit the messages of Socket.IO
     * clients.
     */
    public Builder maxRequestBodyBytes(int value) {
      maxRequestBodyBytes = value;
      return this;
    }

    /**
     * Serves a file under a path, or the files of a directory below the path. Files outside of the
     * directory are never served, not even through {@code ..} or symbolic links. Several calls with
     * different paths add up. Default: no files.
     *
     * @param path the path, such as {@code /} or {@code /app}; {@code /app} does not match {@code
     *     /application}
     * @param root a directory or file, which must exist when {@link #build} is called
     */
    public Builder staticFiles(String path, Path root) {
      staticRules.put(path, new StaticFilesConfig.Rule(root, Optional.empty()));
      return this;
    }

    /**
     * Serves a file under a path, with this content type.
     *
     * @param file a file, not a directory, which must exist when {@link #build} is called
     */
    public Builder staticFiles(String path, Path file, String contentType) {
      staticRules.put(path, new StaticFilesConfig.Rule(file, Optional.of(contentType)));
      return this;
    }

    /** The name of the file that is served for a directory. Default {@code index.html}. */
    public Builder staticDefaultDocument(String name) {
      staticDefaultDocument = name;
      return this;
    }

    /**
     * The {@code Cache-Control} field of responses with files. Default {@code no-cache}. With it, a
     * browser keeps the file but asks the server at each use. If the file has not changed, the
     * answer is a short response without a body.
     */
    public Builder staticCacheControl(String value) {
      staticCacheControl = value;
      return this;
    }

    /**
     * The content type of files whose name has this extension. The case of the extension does not
     * matter. Several calls with different extensions add up. Default: the usual types for common
     * extensions, {@code application/octet-stream} for all others.
     *
     * @param extension the extension without its dot, such as {@code html}
     */
    public Builder staticType(String extension, String type) {
      staticTypes.put(extension.toLowerCase(Locale.ROOT), type);
      return this;
    }

    /**
     * Serves plain Engine.IO, without Socket.IO, on the same port. When this server is closed, it
     * closes the given one, too. Several calls with different paths add up.
     *
     * @param path the path where its clients connect; must differ from {@link #path}
     */
    public Builder engineIo(String path, EngineIoServer value) {
      engineIo.put(path.endsWith("/") ? path : path + "/", value);
      return this;
    }

    /**
     * The Jackson mapper that converts between JSON and the arguments of events and acks. Default:
     * that of {@link EventPayloadCodec#standard}.
     */
    public Builder mapper(JsonMapper value) {
      codec = new EventPayloadCodec(value);
      return this;
    }

    /**
     * How many binary values one packet may have, in both directions. Default 10.
     *
     * <p>An emit or ack with more of them throws {@link IllegalArgumentException} before anything
     * is sent. A client that sends more is disconnected. Events between servers have no such limit.
     *
     * <p>Raise the limit only if every client is configured to accept more: official clients since
     * 2026 close their connection otherwise. All servers of a cluster should have the same limit,
     * since a server does not check what another server or an emitter has emitted.
     */
    public Builder maxAttachments(int value) {
      maxAttachments = value;
      return this;
    }

    /**
     * How deep the arrays and objects of one packet may be nested, including the array of the
     * arguments itself. At most 2,000, which fits on the stack of a thread. A client that sends
     * more is disconnected as {@link DisconnectReason#FORCED_CLOSE}; an emit of more throws {@link
     * IllegalArgumentException}. Default 500.
     */
    public Builder maxJsonDepth(int value) {
      maxJsonDepth = value;
      return this;
    }

    /** Receives events of the server, which are also logged through SLF4J. Default: no listener. */
    public Builder listener(SocketIoListener value) {
      listener = value;
      return this;
    }

    /**
     * Receives events of the connection to the broker. Default: a listener that logs them through
     * SLF4J.
     */
    public Builder managerListener(ManagerListener value) {
      managerListener = value;
      return this;
    }

    /**
     * Runs handlers on a pool of this many platform threads, and dependent stages on a second pool
     * of the same size. Tasks that find no free thread are queued: at most one for each socket and
     * for each stage. Default: a virtual thread for each task on Java 21 and later, so that any
     * number of handlers may block at once; 64 threads before.
     */
    public Builder handlerThreads(int value) {
      handlerThreads = OptionalInt.of(value);
      return this;
    }

    /**
     * The port of {@code /healthz}, {@code /readyz} and {@code /metrics}; 0 for any free port.
     * Default: there is no such port.
     */
    public Builder managementPort(int value) {
      managementPort = Optional.of(value);
      return this;
    }

    /**
     * The address of the management port. Everybody who can reach it can read it. Default {@code
     * localhost}.
     */
    public Builder managementHost(String value) {
      managementHost = value;
      return this;
    }

    /**
     * Whether {@code /readyz} fails while the manager is not {@link
     * io.starling.manager.BackendState#UP}. {@code /readyz?broker} fails then in any case. Default
     * false, since a host serves its own clients also without a broker.
     */
    public Builder readyNeedsBroker(boolean value) {
      readyNeedsBroker = value;
      return this;
    }

    /**
     * The executor of handlers and dependent stages. It must not run tasks on the calling thread. A
     * task that it rejects runs on the server's own threads, see {@link #handlerThreads}. Default:
     * everything runs on these threads.
     */
    public Builder handlerExecutor(Executor value) {
      handlerExecutor = Optional.of(value);
      return this;
    }

    /**
     * Checks the settings and builds the configuration.
     *
     * @throws IllegalArgumentException when a setting is out of range; the message has one line for
     *     each such setting
     */
    public SocketIoServerConfig build() {
      Faults faults = new Faults();
      Optional<CorsPolicy> policy = faults.built(cors);
      checkAddresses(faults);
      checkLimits(faults);
      // This manager is dropped: before it is started, it holds nothing that must be closed.
      faults.built(managers);
      Optional<EngineIoConfig> engine = faults.built(this::engine);
      Optional<TransportConfig> transport =
          faults.built(() -> transport(policy.orElseGet(CorsPolicy::sameOrigin)));
      Optional<StaticFilesConfig> files = faults.built(this::staticFiles);
      if (!faults.lines.isEmpty()) {
        throw new IllegalArgumentException(String.join("\n", faults.lines));
      }
      return config(engine.orElseThrow(), transport.orElseThrow(), files.orElseThrow());
    }

    private void checkAddresses(Faults faults) {
      faults.port("port", port);
      managementPort.ifPresent(given -> faults.port("managementPort", given));
      faults.expect(path.startsWith("/"), "path", path, "a leading slash");
      for (String other : engineIo.keySet()) {
        boolean free = other.startsWith("/") && !other.equals(path);
        faults.expect(free, "engineIo", other, "a leading slash, and not the path of Socket.IO");
      }
    }

    private void checkLimits(Faults faults) {
      faults.positive("connectTimeout", connectTimeout);
      faults.positive("ackTimeout", ackTimeout);
      faults.positive("maxPendingEvents", maxPendingEvents);
      faults.positive("maxPendingBytes", maxPendingBytes);
      faults.positive("maxPendingBytesTotal", maxPendingBytesTotal);
      pendingTimeout.ifPresent(given -> faults.positive("pendingTimeout", given));
      handlerThreads.ifPresent(given -> faults.positive("handlerThreads", given));
      faults.positive("maxNamespacesPerConnection", maxNamespacesPerConnection);
      boolean fits = maxJsonDepth > 0 && maxJsonDepth <= EventPayloadCodec.HIGHEST_MAX_JSON_DEPTH;
      faults.expect(fits, "maxJsonDepth", maxJsonDepth, "1 to 2000");
      faults.positive("maxAttachments", maxAttachments);
      boolean counts = maxDynamicNamespaces >= 0;
      faults.expect(counts, "maxDynamicNamespaces", maxDynamicNamespaces, ">= 0");
    }

    private EngineIoConfig engine() {
      return new EngineIoConfig(
          pingInterval,
          pingTimeout,
          upgradeTimeout,
          closeTimeout,
          maxPayloadBytes,
          maxQueuedBytes,
          maxQueuedBytesTotal,
          slowConsumerTimeout,
          transports,
          allowRequest);
    }

    private TransportConfig transport(CorsPolicy policy) {
      return new TransportConfig(
          policy,
          trustedProxies,
          cookie,
          tls,
          clientCertificates,
          httpCompression,
          webSocketCompression,
          io,
          eventLoopThreads,
          requestTimeout,
          keepAliveTimeout,
          maxRequestBodyBytes);
    }

    private StaticFilesConfig staticFiles() {
      return new StaticFilesConfig(
          staticRules, staticDefaultDocument, staticCacheControl, staticTypes);
    }

    private SocketIoServerConfig config(
        EngineIoConfig engine, TransportConfig transport, StaticFilesConfig files) {
      return new SocketIoServerConfig(
          host,
          port,
          path,
          managers,
          engine,
          transport,
          files,
          Map.copyOf(engineIo),
          connectTimeout,
          ackTimeout,
          maxPendingEvents,
          maxPendingBytes,
          maxPendingBytesTotal,
          pendingTimeout,
          maxNamespacesPerConnection,
          maxDynamicNamespaces,
          cleanupEmptyNamespaces,
          codec.withMaxAttachments(maxAttachments).withMaxJsonDepth(maxJsonDepth),
          listener,
          managerListener,
          handlerThreads,
          handlerExecutor,
          managementPort,
          managementHost,
          readyNeedsBroker);
    }
  }

  /** Collects the faults of all settings, one line each: {@code name: value (expected: …)}. */
  private static final class Faults {
    private final List<String> lines = new ArrayList<>();

    void expect(boolean holds, String name, Object value, String expected) {
      if (!holds) {
        lines.add(name + ": " + value + " (expected: " + expected + ")");
      }
    }

    void port(String name, int value) {
      expect(value >= 0 && value <= 65_535, name, value, "0 to 65535");
    }

    void positive(String name, long value) {
      expect(value > 0, name, value, "> 0");
    }

    void positive(String name, Duration value) {
      expect(!value.isNegative() && !value.isZero(), name, value, "> 0");
    }

    /** The value; or empty if its constructor or factory refuses it, which is a fault then. */
    <T> Optional<T> built(Supplier<T> value) {
      try {
        return Optional.of(value.get());
      } catch (IllegalArgumentException e) {
        lines.add(String.valueOf(e.getMessage()));
        return Optional.empty();
      }
    }
  }
}
