package io.starling.socketio;

import io.starling.engineio.EngineIoConfig;
import io.starling.engineio.EngineIoServer;
import io.starling.engineio.HandshakeRequest;
import io.starling.manager.ClientManager;
import io.starling.manager.ClientManagers;
import io.starling.manager.Libraries;
import io.starling.manager.ManagerListener;
import io.starling.protocol.payload.EventPayloadCodec;
import io.starling.socketio.http.StaticFilesConfig;
import io.starling.socketio.transport.CorsPolicy;
import io.starling.socketio.transport.TransportConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The settings of a server. Immutable. The defaults are those of the protocol and of the official
 * server, where these have one. The methods of {@link Builder} say what the settings mean.
 */
public final class SocketIoServerConfig {
  private final Builder values;
  private final EngineIoConfig engine;
  private final TransportConfig transport;
  private final StaticFilesConfig staticFiles;
  private final EventPayloadCodec codec;

  private SocketIoServerConfig(
      Builder values,
      EngineIoConfig engine,
      TransportConfig transport,
      StaticFilesConfig staticFiles) {
    this.values = new Builder(values);
    this.codec =
        values
            .codec
            .withMaxAttachments(values.maxAttachments)
            .withMaxJsonDepth(values.maxJsonDepth);
    this.staticFiles = staticFiles;
    this.engine = engine;
    this.transport = transport;
  }

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

  public Optional<String> host() {
    return Optional.ofNullable(values.host);
  }

  public int port() {
    return values.port;
  }

  /** The path where Socket.IO clients connect, with a slash at both ends. */
  public String path() {
    return values.path;
  }

  /** The manager that was set; or else a new one for the URL that was set, at each call. */
  public ClientManager manager() {
    return values.manager == null ? ClientManagers.create(values.managerUrl) : values.manager;
  }

  /** The settings of connections, such as heartbeat, transports and sizes. */
  public EngineIoConfig engine() {
    return engine;
  }

  public Duration connectTimeout() {
    return values.connectTimeout;
  }

  public Duration ackTimeout() {
    return values.ackTimeout;
  }

  public int maxPendingEvents() {
    return values.maxPendingEvents;
  }

  public long maxPendingBytes() {
    return values.maxPendingBytes;
  }

  public long maxPendingBytesTotal() {
    return values.maxPendingBytesTotal;
  }

  /** See {@link Builder#pendingTimeout}. Empty when no connection is closed for slow handlers. */
  public Optional<Duration> pendingTimeout() {
    return Optional.ofNullable(values.pendingTimeout);
  }

  public int maxNamespacesPerConnection() {
    return values.maxNamespacesPerConnection;
  }

  public int maxDynamicNamespaces() {
    return values.maxDynamicNamespaces;
  }

  public boolean cleanupEmptyNamespaces() {
    return values.cleanupEmptyNamespaces;
  }

  /** The settings of HTTP and TLS, such as allowed origins, trusted proxies and cookies. */
  public TransportConfig transport() {
    return transport;
  }

  /** The settings of static files: which files are served under which paths. */
  public StaticFilesConfig staticFiles() {
    return staticFiles;
  }

  /** The plain Engine.IO servers by their paths; see {@link Builder#engineIo}. */
  public Map<String, EngineIoServer> engineIo() {
    return values.engineIo;
  }

  public EventPayloadCodec codec() {
    return codec;
  }

  public int maxAttachments() {
    return values.maxAttachments;
  }

  public int maxJsonDepth() {
    return values.maxJsonDepth;
  }

  public SocketIoListener listener() {
    return values.listener;
  }

  public ManagerListener managerListener() {
    return values.managerListener;
  }

  /** See {@link Builder#handlerThreads}. Empty when no number was set. */
  public OptionalInt handlerThreads() {
    return values.handlerThreads;
  }

  /** See {@link Builder#managementPort}. Empty when there is no such port. */
  public Optional<Integer> managementPort() {
    return Optional.ofNullable(values.managementPort);
  }

  public String managementHost() {
    return values.managementHost;
  }

  public boolean readyNeedsBroker() {
    return values.readyNeedsBroker;
  }

  /** See {@link Builder#handlerExecutor}. Empty when handlers run on threads of the server. */
  public Optional<Executor> handlerExecutor() {
    return Optional.ofNullable(values.handlerExecutor);
  }

  /**
   * Collects settings; {@link #build} checks all of them. A method that is called again replaces
   * the setting, unless it says otherwise.
   */
  public static final class Builder {
    private @Nullable String host;
    private int port = 3000;
    private String path = "/socket.io/";
    private String managerUrl = "memory://";
    private @Nullable ClientManager manager;
    private Duration connectTimeout = Duration.ofSeconds(45);
    private Duration ackTimeout = Duration.ofSeconds(10);
    private int maxPendingEvents = 10_000;
    private long maxPendingBytes = 16 << 20;
    private long maxPendingBytesTotal = Runtime.getRuntime().maxMemory() / 4;
    private @Nullable Duration pendingTimeout;
    private int maxNamespacesPerConnection = 100;
    private int maxDynamicNamespaces = 10_000;
    private boolean cleanupEmptyNamespaces = true;
    private Map<String, EngineIoServer> engineIo = new LinkedHashMap<>();
    private EventPayloadCodec codec = EventPayloadCodec.standard();
    private int maxAttachments = EventPayloadCodec.DEFAULT_MAX_ATTACHMENTS;
    private int maxJsonDepth = EventPayloadCodec.DEFAULT_MAX_JSON_DEPTH;
    private SocketIoListener listener = SocketIoListener.NONE;
    private ManagerListener managerListener = ManagerListener.logging("manager");
    private OptionalInt handlerThreads = OptionalInt.empty();
    private @Nullable Executor handlerExecutor;
    private @Nullable Integer managementPort;
    private String managementHost = "localhost";
    private boolean readyNeedsBroker;
    private List<String> originFaults = List.of();
    private final EngineIoConfig.Builder engine = EngineIoConfig.builder();
    private final TransportConfig.Builder transport = TransportConfig.builder();
    private final StaticFilesConfig.Builder staticFiles = StaticFilesConfig.builder();

    private Builder() {}

    private Builder(Builder other) {
      host = other.host;
      port = other.port;
      path = other.path;
      managerUrl = other.managerUrl;
      manager = other.manager;
      connectTimeout = other.connectTimeout;
      ackTimeout = other.ackTimeout;
      maxPendingEvents = other.maxPendingEvents;
      maxPendingBytes = other.maxPendingBytes;
      maxPendingBytesTotal = other.maxPendingBytesTotal;
      pendingTimeout = other.pendingTimeout;
      maxNamespacesPerConnection = other.maxNamespacesPerConnection;
      maxDynamicNamespaces = other.maxDynamicNamespaces;
      cleanupEmptyNamespaces = other.cleanupEmptyNamespaces;
      engineIo = Map.copyOf(other.engineIo);
      codec = other.codec;
      maxAttachments = other.maxAttachments;
      maxJsonDepth = other.maxJsonDepth;
      listener = other.listener;
      managerListener = other.managerListener;
      handlerThreads = other.handlerThreads;
      handlerExecutor = other.handlerExecutor;
      managementPort = other.managementPort;
      managementHost = other.managementHost;
      readyNeedsBroker = other.readyNeedsBroker;
    }

    /** The address on which the server listens. Default: all addresses, IPv4 and IPv6. */
    public Builder host(String value) {
      host = value;
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
      managerUrl = url;
      manager = null;
      return this;
    }

    /**
     * The manager that connects the server to the others. It must not be started yet. The server
     * starts it and closes it, so it can serve one server only.
     */
    public Builder manager(ClientManager value) {
      manager = value;
      return this;
    }

    /** How long after the answer to a ping the next ping is sent. Default 25 s, at most a day. */
    public Builder pingInterval(Duration value) {
      engine.pingInterval(value);
      return this;
    }

    /** How long a client may take to answer a ping. Default 20 s, at most a day. */
    public Builder pingTimeout(Duration value) {
      engine.pingTimeout(value);
      return this;
    }

    /**
     * The greatest length of a WebSocket message or of the body of a POST from a client, in bytes.
     * Default 1,000,000.
     */
    public Builder maxPayloadBytes(int value) {
      engine.maxPayloadBytes(value);
      return this;
    }

    /**
     * How many bytes may be queued for one client. A client beyond this limit that reads nothing
     * for some time is disconnected; see {@link EngineIoConfig.Builder#maxQueuedBytes}. Default 1
     * MiB.
     */
    public Builder maxQueuedBytes(long value) {
      engine.maxQueuedBytes(value);
      return this;
    }

    /**
     * A test for every request that wants to open a connection. It runs on an event loop and must
     * not block. If it is false or throws, the client gets Engine.IO error 4, "Forbidden". Default:
     * every request is allowed.
     */
    public Builder allowRequest(Predicate<HandshakeRequest> value) {
      engine.allowRequest(value);
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
      pendingTimeout = value;
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
      if (values.isEmpty()) {
        return cors(CorsPolicy.sameOrigin());
      }
      try {
        return cors(CorsPolicy.of(values));
      } catch (IllegalArgumentException e) {
        originFaults = String.valueOf(e.getMessage()).lines().toList();
        return this;
      }
    }

    /**
     * The policy for web pages of other origins; the same setting as {@link #corsOrigins}, with
     * more choice. Default {@link CorsPolicy#sameOrigin}.
     */
    public Builder cors(CorsPolicy value) {
      originFaults = List.of();
      transport.cors(value);
      return this;
    }

    /**
     * Changes the settings of HTTP and TLS that have no method here; see {@link
     * TransportConfig.Builder}. Several calls add up.
     */
    public Builder transport(Consumer<? super TransportConfig.Builder> settings) {
      settings.accept(transport);
      return this;
    }

    /**
     * Changes the settings of connections that have no method here; see {@link
     * EngineIoConfig.Builder}. Several calls add up.
     */
    public Builder engine(Consumer<? super EngineIoConfig.Builder> settings) {
      settings.accept(engine);
      return this;
    }

    /**
     * Serves a file under a path, or the files of a directory below a path; see {@link
     * StaticFilesConfig.Builder#rule(String, Path)}. Several calls add up.
     */
    public Builder staticFiles(String path, Path root) {
      staticFiles.rule(path, root);
      return this;
    }

    /**
     * Changes all settings of static files; see {@link StaticFilesConfig.Builder}. Several calls
     * add up.
     */
    public Builder staticFiles(Consumer<? super StaticFilesConfig.Builder> settings) {
      settings.accept(staticFiles);
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
      managementPort = value;
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
      handlerExecutor = value;
      return this;
    }

    /**
     * Checks the settings and builds the configuration.
     *
     * @throws IllegalArgumentException when a setting is out of range; the message has one line for
     *     each such setting
     */
    public SocketIoServerConfig build() {
      List<String> faults = new ArrayList<>(originFaults);
      checkPort("port", port, faults);
      if (managementPort != null) {
        checkPort("managementPort", managementPort, faults);
      }
      check(path.startsWith("/"), "path: " + path + " (expected: a leading slash)", faults);
      engineIo.keySet().forEach(other -> checkEngineIo(other, faults));
      checkPositive("connectTimeout", connectTimeout, faults);
      checkPositive("ackTimeout", ackTimeout, faults);
      check(
          maxPendingEvents > 0,
          "maxPendingEvents: " + maxPendingEvents + " (expected: > 0)",
          faults);
      check(
          maxPendingBytes > 0, "maxPendingBytes: " + maxPendingBytes + " (expected: > 0)", faults);
      check(
          maxPendingBytesTotal > 0,
          "maxPendingBytesTotal: " + maxPendingBytesTotal + " (expected: > 0)",
          faults);
      if (pendingTimeout != null) {
        checkPositive("pendingTimeout", pendingTimeout, faults);
      }
      check(
          handlerThreads.orElse(1) > 0,
          "handlerThreads: " + handlerThreads.orElse(1) + " (expected: > 0)",
          faults);
      check(
          maxNamespacesPerConnection > 0,
          "maxNamespacesPerConnection: " + maxNamespacesPerConnection + " (expected: > 0)",
          faults);
      check(
          maxJsonDepth > 0 && maxJsonDepth <= EventPayloadCodec.HIGHEST_MAX_JSON_DEPTH,
          "maxJsonDepth: " + maxJsonDepth + " (expected: 1 to 2000)",
          faults);
      check(maxAttachments > 0, "maxAttachments: " + maxAttachments + " (expected: > 0)", faults);
      check(
          maxDynamicNamespaces >= 0,
          "maxDynamicNamespaces: " + maxDynamicNamespaces + " (expected: >= 0)",
          faults);
      if (manager == null) {
        checkManager(faults);
      }
      Optional<EngineIoConfig> builtEngine = built(engine::build, faults);
      Optional<TransportConfig> builtTransport = built(transport::build, faults);
      Optional<StaticFilesConfig> builtStatic = built(staticFiles::build, faults);
      if (faults.isEmpty()) {
        return new SocketIoServerConfig(
            this,
            builtEngine.orElseThrow(),
            builtTransport.orElseThrow(),
            builtStatic.orElseThrow());
      }
      throw new IllegalArgumentException(String.join("\n", faults));
    }

    /**
     * Checks the URL by making a manager. The manager is dropped: before it is started, it holds
     * nothing that must be closed.
     */
    private void checkManager(List<String> faults) {
      try {
        ClientManagers.create(managerUrl);
      } catch (IllegalArgumentException e) {
        String.valueOf(e.getMessage()).lines().forEach(faults::add);
      }
    }

    private void checkEngineIo(String other, List<String> faults) {
      check(
          other.startsWith("/") && !other.equals(path),
          "engineIo: " + other + " (expected: a leading slash, and not the path of Socket.IO)",
          faults);
    }

    private static <T> Optional<T> built(Supplier<T> part, List<String> faults) {
      try {
        return Optional.of(part.get());
      } catch (IllegalArgumentException e) {
        faults.add(String.valueOf(e.getMessage()));
        return Optional.empty();
      }
    }

    private static void checkPositive(String name, Duration value, List<String> faults) {
      check(
          !value.isNegative() && !value.isZero(), name + ": " + value + " (expected: > 0)", faults);
    }

    private static void checkPort(String name, int value, List<String> faults) {
      check(value >= 0 && value <= 65_535, name + ": " + value + " (expected: 0 to 65535)", faults);
    }

    private static void check(boolean holds, String fault, List<String> faults) {
      if (!holds) {
        faults.add(fault);
      }
    }
  }
}
