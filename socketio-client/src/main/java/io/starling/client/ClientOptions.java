package io.starling.client;

import io.starling.protocol.payload.EventPayloadCodec;
import java.net.ProxySelector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The settings of a {@link SocketIoClient}. Immutable; may serve any number of clients. */
public final class ClientOptions {
  final String path;
  final List<TransportKind> transports;
  final boolean upgrade;
  final boolean tryAllTransports;
  final Duration connectTimeout;
  final boolean retryFirstConnection;
  final boolean reconnection;
  final int reconnectionAttempts;
  final Duration reconnectionDelay;
  final Duration reconnectionDelayMax;
  final double reconnectionFactor;
  final double randomizationFactor;
  final boolean reconnectAfterServerDisconnect;
  final Duration ackTimeout;
  final int retries;
  final OfflineEmits offlineEmits;
  final long maxQueuedBytes;
  final int maxPayloadBytes;
  final int maxPendingEvents;
  final AuthSupplier auth;
  final Callable<? extends CompletionStage<Map<String, String>>> headers;
  final Callable<? extends CompletionStage<Map<String, String>>> query;
  final Optional<SSLContext> sslContext;
  final Optional<ProxySelector> proxy;
  final Optional<Executor> handlerExecutor;
  final EventPayloadCodec codec;
  final ClientListener listener;

  private ClientOptions(Builder from) {
    path = from.path.endsWith("/") ? from.path : from.path + "/";
    transports = List.copyOf(from.transports);
    upgrade = from.upgrade;
    tryAllTransports = from.tryAllTransports;
    connectTimeout = from.connectTimeout;
    retryFirstConnection = from.retryFirstConnection;
    reconnection = from.reconnection;
    reconnectionAttempts = from.reconnectionAttempts;
    reconnectionDelay = from.reconnectionDelay;
    reconnectionDelayMax = from.reconnectionDelayMax;
    reconnectionFactor = from.reconnectionFactor;
    randomizationFactor = from.randomizationFactor;
    reconnectAfterServerDisconnect = from.reconnectAfterServerDisconnect;
    ackTimeout = from.ackTimeout;
    retries = from.retries;
    offlineEmits = from.offlineEmits;
    maxQueuedBytes = from.maxQueuedBytes;
    maxPayloadBytes = from.maxPayloadBytes;
    maxPendingEvents = from.maxPendingEvents;
    auth = from.auth;
    headers = from.headers;
    query = from.query;
    sslContext = from.sslContext;
    proxy = from.proxy;
    handlerExecutor = from.handlerExecutor;
    codec = from.codec.withMaxAttachments(from.maxAttachments).withMaxJsonDepth(from.maxJsonDepth);
    listener = from.listener;
  }

  /** The defaults. */
  public static ClientOptions defaults() {
    return builder().build();
  }

  /** A builder that holds the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Collects settings; {@link #build} checks all of them. A method that is called again replaces
   * the setting.
   */
  public static final class Builder {
    private String path = "/socket.io/";
    private List<TransportKind> transports =
        List.of(TransportKind.POLLING, TransportKind.WEBSOCKET);
    private boolean upgrade = true;
    private boolean tryAllTransports = false;
    private Duration connectTimeout = Duration.ofSeconds(20);
    private boolean retryFirstConnection = false;
    private boolean reconnection = true;
    private int reconnectionAttempts = Integer.MAX_VALUE;
    private Duration reconnectionDelay = Duration.ofSeconds(1);
    private Duration reconnectionDelayMax = Duration.ofSeconds(5);
    private double reconnectionFactor = 2;
    private double randomizationFactor = 0.5;
    private boolean reconnectAfterServerDisconnect = false;
    private Duration ackTimeout = Duration.ofSeconds(10);
    private int retries = 0;
    private OfflineEmits offlineEmits = OfflineEmits.BUFFER;
    private long maxQueuedBytes = 16_000_000;
    private int maxPayloadBytes = 16_000_000;
    private int maxPendingEvents = 1_000;
    private AuthSupplier auth = namespace -> null;
    private Callable<? extends CompletionStage<Map<String, String>>> headers = now(Map.of());
    private Callable<? extends CompletionStage<Map<String, String>>> query = now(Map.of());
    private Optional<SSLContext> sslContext = Optional.empty();
    private Optional<ProxySelector> proxy = Optional.empty();
    private Optional<Executor> handlerExecutor = Optional.empty();
    private EventPayloadCodec codec = EventPayloadCodec.standard();
    private int maxAttachments = EventPayloadCodec.DEFAULT_MAX_ATTACHMENTS;
    private int maxJsonDepth = EventPayloadCodec.DEFAULT_MAX_JSON_DEPTH;
    private ClientListener listener = ClientListener.NONE;

    private Builder() {}

    /**
     * The path of the server's Socket.IO endpoint. A missing slash at the end is added. Default
     * {@code /socket.io/}.
     */
    public Builder path(String value) {
      path = value;
      return this;
    }

    /**
     * The transports that may be used, in the order in which they are tried. Default polling, then
     * WebSocket: the connection begins with polling and is upgraded.
     */
    public Builder transports(TransportKind... values) {
      transports = List.of(values);
      return this;
    }

    /**
     * Whether a connection that began with polling changes to WebSocket, if both are allowed and
     * the server offers it. Default true.
     */
    public Builder upgrade(boolean value) {
      upgrade = value;
      return this;
    }

    /**
     * Whether an attempt that fails with the first transport goes on with the next one. Otherwise
     * only the first transport is tried. Default false.
     */
    public Builder tryAllTransports(boolean value) {
      tryAllTransports = value;
      return this;
    }

    /**
     * How long one attempt may take, from the first request until all namespaces are connected.
     * Default 20 s.
     */
    public Builder connectTimeout(Duration value) {
      connectTimeout = value;
      return this;
    }

    /**
     * Whether the client also tries again when its first attempt fails. Then {@link
     * SocketIoClient#connect()} waits until an attempt succeeds, a server refuses the client, or
     * {@link #reconnectionAttempts} is reached. Default false.
     */
    public Builder retryFirstConnection(boolean value) {
      retryFirstConnection = value;
      return this;
    }

    /** Whether the client reconnects when it has lost the connection. Default true. */
    public Builder reconnection(boolean value) {
      reconnection = value;
      return this;
    }

    /**
     * How many attempts to reconnect may fail before the client gives up. Default {@link
     * Integer#MAX_VALUE}, which means that it never does.
     */
    public Builder reconnectionAttempts(int value) {
      reconnectionAttempts = value;
      return this;
    }

    /** How long the client waits before the first attempt to reconnect. Default 1 s. */
    public Builder reconnectionDelay(Duration value) {
      reconnectionDelay = value;
      return this;
    }

    /** The longest time between two attempts. Default 5 s. */
    public Builder reconnectionDelayMax(Duration value) {
      reconnectionDelayMax = value;
      return this;
    }

    /** By how much the delay grows with each attempt. Default 2. */
    public Builder reconnectionFactor(double value) {
      reconnectionFactor = value;
      return this;
    }

    /**
     * How far a delay may lie from its computed value, as a part of that value, so that many
     * clients do not return at once. Default 0.5; 0 means no jitter.
     */
    public Builder randomizationFactor(double value) {
      randomizationFactor = value;
      return this;
    }

    /**
     * Whether a socket that the server disconnected is connected again, after the delay of a
     * reconnection. Official clients do not do that. Default false.
     */
    public Builder reconnectAfterServerDisconnect(boolean value) {
      reconnectAfterServerDisconnect = value;
      return this;
    }

    /**
     * How long to wait for an ack, unless the call sets a time. With {@link #retries}, how long to
     * wait for the ack of one attempt. Default 10 s.
     */
    public Builder ackTimeout(Duration value) {
      ackTimeout = value;
      return this;
    }

    /**
     * How often an event is sent again when its ack does not come in time. With a number above 0
     * each event that is not volatile asks for an ack, is sent when the one before it was
     * acknowledged or given up, and is delivered in order and at least once; a socket sends one
     * event at a time. Default 0: events are sent once and at once.
     */
    public Builder retries(int value) {
      retries = value;
      return this;
    }

    /**
     * What happens to events that are emitted while a socket is not connected. Default: they wait.
     */
    public Builder offlineEmits(OfflineEmits value) {
      offlineEmits = value;
      return this;
    }

    /**
     * How many bytes may wait to be sent, together for all namespaces, whether connected or not. An
     * emit beyond that is refused with {@link EmitRefusedException}. Default 16,000,000.
     */
    public Builder maxQueuedBytes(long value) {
      maxQueuedBytes = value;
      return this;
    }

    /**
     * The largest WebSocket message, HTTP response, or event with its attachments that the client
     * accepts. A server that sends more is left with {@link DisconnectReason#PARSE_ERROR}. Default
     * 16,000,000.
     */
    public Builder maxPayloadBytes(int value) {
      maxPayloadBytes = value;
      return this;
    }

    /**
     * How many events of all namespaces may wait for their handlers. While more wait, the client
     * reads no more from the server, and does not watch its heartbeat. Default 1,000.
     */
    public Builder maxPendingEvents(int value) {
      maxPendingEvents = value;
      return this;
    }

    /**
     * The value that is sent to the server when a namespace is connected, such as a token. Default
     * none.
     *
     * @param value anything that JSON can represent as an object; null to send none
     */
    public Builder auth(@Nullable Object value) {
      return auth(namespace -> value);
    }

    /**
     * As {@link #auth(Object)}, with a supplier that is asked again at each attempt to connect a
     * namespace. It may block, or return a stage.
     */
    public Builder auth(AuthSupplier value) {
      auth = value;
      return this;
    }

    /**
     * Headers for all HTTP requests, the handshake of the WebSocket included. Headers that HTTP
     * itself needs, such as {@code Connection}, cannot be set. Default none.
     */
    public Builder headers(Map<String, String> values) {
      headers = now(Map.copyOf(values));
      return this;
    }

    /**
     * As {@link #headers(Map)}, with a supplier that is asked again at each attempt to connect. It
     * may block. What it throws makes the attempt fail.
     */
    public Builder headers(Callable<Map<String, String>> supplier) {
      headers = () -> CompletableFuture.completedFuture(supplier.call());
      return this;
    }

    /** As {@link #headers(Callable)}, with a supplier that returns a stage. */
    public Builder headersAsync(Callable<? extends CompletionStage<Map<String, String>>> supplier) {
      headers = supplier;
      return this;
    }

    /** Query parameters for all HTTP requests, besides those of the URL. Default none. */
    public Builder query(Map<String, String> values) {
      query = now(Map.copyOf(values));
      return this;
    }

    /**
     * As {@link #query(Map)}, with a supplier that is asked again at each attempt to connect. It
     * may block. What it throws makes the attempt fail.
     */
    public Builder query(Callable<Map<String, String>> supplier) {
      query = () -> CompletableFuture.completedFuture(supplier.call());
      return this;
    }

    /** As {@link #query(Callable)}, with a supplier that returns a stage. */
    public Builder queryAsync(Callable<? extends CompletionStage<Map<String, String>>> supplier) {
      query = supplier;
      return this;
    }

    /**
     * The keys and the trusted certificates for {@code https} and {@code wss}. Default the JVM's.
     */
    public Builder sslContext(SSLContext value) {
      sslContext = Optional.of(value);
      return this;
    }

    /** Chooses the proxy. Default {@link ProxySelector#getDefault()}. */
    public Builder proxy(ProxySelector value) {
      proxy = Optional.of(value);
      return this;
    }

    /**
     * The executor of handlers, suppliers and dependent stages. Default: a virtual thread for each
     * task on Java 21 and later, before that a pool of daemon threads that all clients of the
     * process share.
     */
    public Builder handlerExecutor(Executor value) {
      handlerExecutor = Optional.of(value);
      return this;
    }

    /**
     * The JSON mapper that converts arguments. Default: that of {@link
     * EventPayloadCodec#standard()}.
     */
    public Builder mapper(JsonMapper value) {
      codec = new EventPayloadCodec(value);
      return this;
    }

    /** The most binary values in one event or ack, in both directions. Default 10. */
    public Builder maxAttachments(int value) {
      maxAttachments = value;
      return this;
    }

    /** The deepest nesting of arrays and objects in an event or ack. 1 to 2,000, default 500. */
    public Builder maxJsonDepth(int value) {
      maxJsonDepth = value;
      return this;
    }

    /** Receives what happens to the client. Default {@link ClientListener#NONE}. */
    public Builder listener(ClientListener value) {
      listener = value;
      return this;
    }

    /**
     * Checks all settings.
     *
     * @throws IllegalArgumentException with one line for each fault
     */
    public ClientOptions build() {
      List<String> faults = new ArrayList<>();
      expect(faults, path.startsWith("/"), "path", path, "a leading slash");
      boolean different = new HashSet<>(transports).size() == transports.size();
      expect(
          faults,
          !transports.isEmpty() && different,
          "transports",
          transports,
          "one or both, once");
      positive(faults, "connectTimeout", connectTimeout);
      positive(faults, "ackTimeout", ackTimeout);
      positive(faults, "reconnectionDelay", reconnectionDelay);
      positive(faults, "reconnectionDelayMax", reconnectionDelayMax);
      expect(faults, reconnectionFactor >= 1, "reconnectionFactor", reconnectionFactor, ">= 1");
      expect(
          faults,
          randomizationFactor >= 0 && randomizationFactor <= 1,
          "randomizationFactor",
          randomizationFactor,
          "0 to 1");
      expect(
          faults, reconnectionAttempts >= 0, "reconnectionAttempts", reconnectionAttempts, ">= 0");
      expect(faults, retries >= 0, "retries", retries, ">= 0");
      expect(faults, maxQueuedBytes > 0, "maxQueuedBytes", maxQueuedBytes, "> 0");
      expect(faults, maxPayloadBytes > 0, "maxPayloadBytes", maxPayloadBytes, "> 0");
      expect(faults, maxPendingEvents > 0, "maxPendingEvents", maxPendingEvents, "> 0");
      expect(faults, maxAttachments > 0, "maxAttachments", maxAttachments, "> 0");
      boolean fits = maxJsonDepth > 0 && maxJsonDepth <= EventPayloadCodec.HIGHEST_MAX_JSON_DEPTH;
      expect(faults, fits, "maxJsonDepth", maxJsonDepth, "1 to 2000");
      if (!faults.isEmpty()) {
        throw new IllegalArgumentException(String.join("\n", faults));
      }
      return new ClientOptions(this);
    }

    private static void positive(List<String> faults, String name, Duration value) {
      expect(faults, !value.isNegative() && !value.isZero(), name, value, "> 0");
    }

    private static void expect(
        List<String> faults, boolean holds, String name, Object value, String expected) {
      if (!holds) {
        faults.add(name + ": " + value + " (expected: " + expected + ")");
      }
    }

    private static Callable<CompletionStage<Map<String, String>>> now(Map<String, String> values) {
      return () -> CompletableFuture.completedFuture(values);
    }
  }
}
