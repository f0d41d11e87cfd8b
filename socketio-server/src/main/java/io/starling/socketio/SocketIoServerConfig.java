package io.starling.socketio;

import io.starling.engineio.EngineIoConfig;
import io.starling.engineio.EngineIoServer;
import io.starling.engineio.HandshakeRequest;
import io.starling.manager.ClientManager;
import io.starling.manager.ClientManagers;
import io.starling.manager.Libraries;
import io.starling.manager.ManagerListener;
import io.starling.manager.protocol.EventPayloadCodec;
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
 * The settings of a server; immutable. The defaults are those of the protocol. What a setting means
 * is said in {@link Builder}, at the method of its name.
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
   * @throws IllegalStateException when a library is too old, see {@link Libraries#check}
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

  /** With a slash at both ends. */
  public String path() {
    return values.path;
  }

  /** Makes the manager, or gives the one that was set. */
  public ClientManager manager() {
    return values.manager == null ? ClientManagers.create(values.managerUrl) : values.manager;
  }

  /** What concerns connections: heartbeat, transports, sizes. */
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

  /** Empty: no connection is closed for slow handlers. */
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

  /** How the server is reached: origins, proxies, cookies. */
  public TransportConfig transport() {
    return transport;
  }

  /** Which files are served under which paths. */
  public StaticFilesConfig staticFiles() {
    return staticFiles;
  }

  /** By path; see {@link Builder#engineIo}. */
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

  /** Empty: virtual threads where Java has them. */
  public OptionalInt handlerThreads() {
    return values.handlerThreads;
  }

  /** Empty: there is no management port. */
  public Optional<Integer> managementPort() {
    return Optional.ofNullable(values.managementPort);
  }

  public String managementHost() {
    return values.managementHost;
  }

  public boolean readyNeedsBroker() {
    return values.readyNeedsBroker;
  }

  /** Empty: threads of the server's own. */
  public Optional<Executor> handlerExecutor() {
    return Optional.ofNullable(values.handlerExecutor);
  }

  /** Collects settings; {@link #build} checks them all. */
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

    /** The address to listen on. Default: all addresses, IPv4 and IPv6. */
    public Builder host(String value) {
      host = value;
      return this;
    }

    /** The port to listen on; 0 takes a free one. Default 3000. */
    public Builder port(int value) {
      port = value;
      return this;
    }

    /** The path of the endpoint. Default {@code /socket.io/}. */
    public Builder path(String value) {
      path = value.endsWith("/") ? value : value + "/";
      return this;
    }

    /**
     * The URL of the broker that the processes share, such as {@code redis://localhost:6379}.
     * Default {@code memory://}: this process alone. {@link #build} checks the URL, and that the
     * jar of its back end is on the class path; nothing is connected before the server starts.
     */
    public Builder manager(String url) {
      managerUrl = url;
      manager = null;
      return this;
    }

    /** A manager that is not started. It serves one server, which closes it. */
    public Builder manager(ClientManager value) {
      manager = value;
      return this;
    }

    /** How long after an answered ping the next one goes out. Default 25 s. */
    public Builder pingInterval(Duration value) {
      engine.pingInterval(value);
      return this;
    }

    /** How long a client may take to answer a ping. Default 20 s. */
    public Builder pingTimeout(Duration value) {
      engine.pingTimeout(value);
      return this;
    }

    /** The longest message of a client, in bytes. Default 1,000,000. */
    public Builder maxPayloadBytes(int value) {
      engine.maxPayloadBytes(value);
      return this;
    }

    /**
     * How many bytes may wait for a client that takes none; see {@link
     * EngineIoConfig.Builder#maxQueuedBytes}. Default 1 MiB.
     */
    public Builder maxQueuedBytes(long value) {
      engine.maxQueuedBytes(value);
      return this;
    }

    /**
     * Judges every request that wants to open a connection, on an event loop: it must not block.
     * Who is refused, or for whom the test throws, gets code 4, "Forbidden". Default: all may.
     */
    public Builder allowRequest(Predicate<HandshakeRequest> value) {
      engine.allowRequest(value);
      return this;
    }

    /** How long a client may be connected without being in any namespace. Default 45 s. */
    public Builder connectTimeout(Duration value) {
      connectTimeout = value;
      return this;
    }

    /** How long an ack is waited for unless the call says otherwise. Default 10 s. */
    public Builder ackTimeout(Duration value) {
      ackTimeout = value;
      return this;
    }

    /**
     * How many events of one socket may wait for their handlers; with as many, its client is not
     * read from until handlers have taken half of them. A connection that leaves sockets faster
     * than their handlers run is closed as {@link DisconnectReason#FORCED_SERVER_CLOSE} once so
     * many wait. Default 10,000.
     */
    public Builder maxPendingEvents(int value) {
      maxPendingEvents = value;
      return this;
    }

    /**
     * How many bytes of events of one connection may wait for handlers; with as many, its client is
     * not read from until handlers have taken half of them: nothing is read from its WebSocket, and
     * the response to its POST waits. While an ack of the connection is awaited, twice as many may
     * wait. An event of any allowed size is taken. Each event counts with 256 bytes for its objects
     * besides its own, each attachment with 128. Default 16 MiB.
     */
    public Builder maxPendingBytes(long value) {
      maxPendingBytes = value;
      return this;
    }

    /**
     * As {@link #maxPendingBytes}, for all connections together: while so many wait, each is read
     * from only if none of its own events wait. Packets whose attachments have not all come count,
     * too; while too much waits they are completed one after the other. If such packets alone are
     * too much, a client that sends no attachment for 10 seconds in its turn is closed as {@link
     * DisconnectReason#FORCED_SERVER_CLOSE}. Default: a quarter of the largest heap.
     */
    public Builder maxPendingBytesTotal(long value) {
      maxPendingBytesTotal = value;
      return this;
    }

    /**
     * How long a connection may go unread since its events wait for handlers, before it is closed
     * as {@link DisconnectReason#FORCED_SERVER_CLOSE}. Default: for ever.
     */
    public Builder pendingTimeout(Duration value) {
      pendingTimeout = value;
      return this;
    }

    /**
     * In how many namespaces one connection may be or ask to be. A client that asks for one more is
     * refused there with the message {@code Too many namespaces}, and keeps the others. Default
     * 100.
     */
    public Builder maxNamespacesPerConnection(int value) {
      maxNamespacesPerConnection = value;
      return this;
    }

    /**
     * How many namespaces there may be that clients have by a pattern or predicate; a client that
     * wants one more is refused. Default 10,000.
     */
    public Builder maxDynamicNamespaces(int value) {
      maxDynamicNamespaces = value;
      return this;
    }

    /**
     * Whether a namespace that a client had by a pattern or predicate is forgotten when its last
     * client has left. Default true.
     */
    public Builder cleanupEmptyNamespaces(boolean value) {
      cleanupEmptyNamespaces = value;
      return this;
    }

    /**
     * The origins of web pages that may connect besides those of the same origin, such as {@code
     * https://example.com:8443}; {@code *} for all. An origin that no page can have is a fault of
     * {@link #build}. Default: none.
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

    /** As {@link #corsOrigins}, with more choice. Default {@link CorsPolicy#sameOrigin}. */
    public Builder cors(CorsPolicy value) {
      originFaults = List.of();
      transport.cors(value);
      return this;
    }

    /** The rest of how the server is reached; see {@link TransportConfig.Builder}. */
    public Builder transport(Consumer<? super TransportConfig.Builder> settings) {
      settings.accept(transport);
      return this;
    }

    /** The rest of what concerns connections; see {@link EngineIoConfig.Builder}. */
    public Builder engine(Consumer<? super EngineIoConfig.Builder> settings) {
      settings.accept(engine);
      return this;
    }

    /**
     * Serves a file under a path, or the files of a directory below it; see {@link
     * StaticFilesConfig.Builder#rule(String, Path)}.
     */
    public Builder staticFiles(String path, Path root) {
      staticFiles.rule(path, root);
      return this;
    }

    /** The rest of which files are served, and how; see {@link StaticFilesConfig.Builder}. */
    public Builder staticFiles(Consumer<? super StaticFilesConfig.Builder> settings) {
      settings.accept(staticFiles);
      return this;
    }

    /**
     * Serves plain Engine.IO, without Socket.IO, on the same port. This server closes that one with
     * itself.
     *
     * @param path another than {@link #path}
     */
    public Builder engineIo(String path, EngineIoServer value) {
      engineIo.put(path.endsWith("/") ? path : path + "/", value);
      return this;
    }

    /** How arguments become JSON, and JSON becomes arguments. Default: Jackson's own. */
    public Builder mapper(JsonMapper value) {
      codec = new EventPayloadCodec(value);
      return this;
    }

    /**
     * How many binary values one packet may have, in both directions. An emit or ack of more throws
     * {@link IllegalArgumentException} before anything is sent; a client that sends more is closed.
     * Raise it only where every client is set to take more: an official client since 2026 closes
     * its connection otherwise. All servers of a cluster should agree, since what another server or
     * an emitter emitted is delivered as it is. Events between servers have no such bound. Default
     * 10.
     */
    public Builder maxAttachments(int value) {
      maxAttachments = value;
      return this;
    }

    /**
     * How deep the arrays and objects of one packet may be nested, its own array included: at most
     * 2,000, which is what fits on the stack of a thread. A client that sends more is closed as
     * {@link DisconnectReason#FORCED_CLOSE}; an emit of more is an {@link
     * IllegalArgumentException}. Default 500.
     */
    public Builder maxJsonDepth(int value) {
      maxJsonDepth = value;
      return this;
    }

    /** Who hears what happens in the server, besides SLF4J. Default: nobody. */
    public Builder listener(SocketIoListener value) {
      listener = value;
      return this;
    }

    /** Who hears what happens between the server and its broker. Default: SLF4J. */
    public Builder managerListener(ManagerListener value) {
      managerListener = value;
      return this;
    }

    /**
     * Runs handlers on a pool of so many platform threads, and dependent stages on another; those
     * that find no thread wait, one for each socket and stage at most. Default: virtual threads on
     * Java 21 and later, so that any number may block at once; 64 before.
     */
    public Builder handlerThreads(int value) {
      handlerThreads = OptionalInt.of(value);
      return this;
    }

    /**
     * The port of {@code /healthz}, {@code /readyz} and {@code /metrics}; 0 takes a free one.
     * Default: none, there is no such port.
     */
    public Builder managementPort(int value) {
      managementPort = value;
      return this;
    }

    /** The address of that port. Whoever reaches it may read. Default {@code localhost}. */
    public Builder managementHost(String value) {
      managementHost = value;
      return this;
    }

    /**
     * Whether {@code /readyz} tells that the server is not ready while its manager is not {@link
     * io.starling.manager.BackendState#UP}; {@code /readyz?broker} does in any case. Default false:
     * a host serves its own clients without a broker.
     */
    public Builder readyNeedsBroker(boolean value) {
      readyNeedsBroker = value;
      return this;
    }

    /**
     * Where handlers and dependent stages run; it must not run them on the calling thread. What it
     * rejects runs on the server's own threads, {@link #handlerThreads}, as everything does by
     * default.
     */
    public Builder handlerExecutor(Executor value) {
      handlerExecutor = value;
      return this;
    }

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException naming every setting that is out of range, one a line
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

    /** Makes a manager and drops it: one that is not started holds nothing to be closed. */
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
