package io.starling.socketio.settings;

import static io.starling.socketio.settings.Effect.bytes;
import static io.starling.socketio.settings.Effect.duration;
import static io.starling.socketio.settings.Effect.eachExisting;
import static io.starling.socketio.settings.Effect.engine;
import static io.starling.socketio.settings.Effect.flag;
import static io.starling.socketio.settings.Effect.number;
import static io.starling.socketio.settings.Effect.partOf;
import static io.starling.socketio.settings.Effect.read;
import static io.starling.socketio.settings.Effect.repeated;
import static io.starling.socketio.settings.Effect.step;
import static io.starling.socketio.settings.Effect.text;
import static io.starling.socketio.settings.Effect.transport;
import static io.starling.socketio.settings.Effect.word;
import static io.starling.socketio.settings.TransportSteps.threshold;

import io.starling.engineio.EngineIoConfig;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.transport.TransportConfig;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * All settings that a user can give as text. Each has the same name in every source: {@code
 * --ping-interval} on the command line, {@code STARLING_PING_INTERVAL} in the environment, {@code
 * starling.ping-interval} in a properties file.
 */
public enum Setting {
  PORT(
      "3000",
      "port",
      "The port to listen on; 0 takes a free one.",
      number("PORT", 0, 65_535, SocketIoServerConfig.Builder::port)),
  HOST(
      "all",
      "host",
      "The address to listen on.",
      text("ADDRESS", SocketIoServerConfig.Builder::host)),
  PATH("/socket.io/", "path", "The path of the endpoint.", step("PATH", ServerSteps::path)),
  MANAGER(
      "memory://",
      "manager",
      "The broker that all processes share, such as redis://localhost.",
      text("URL", SocketIoServerConfig.Builder::manager)),
  PING_INTERVAL(
      "25s",
      "pingInterval",
      "How often clients are asked for a sign of life.",
      duration(SocketIoServerConfig.Builder::pingInterval)),
  PING_TIMEOUT(
      "20s",
      "pingTimeout",
      "How long they may take to give it.",
      duration(SocketIoServerConfig.Builder::pingTimeout)),
  CONNECT_TIMEOUT(
      "45s",
      "connectTimeout",
      "How long a client may be in no namespace.",
      duration(SocketIoServerConfig.Builder::connectTimeout)),
  UPGRADE_TIMEOUT(
      "10s",
      "engine.upgradeTimeout",
      "How long a client may take to change to WebSocket.",
      duration(engine(EngineIoConfig.Builder::upgradeTimeout))),
  CLOSE_TIMEOUT(
      "30s",
      "engine.closeTimeout",
      "How long a disconnected client may take no byte of what is left for it.",
      duration(engine(EngineIoConfig.Builder::closeTimeout))),
  REQUEST_TIMEOUT(
      "30s",
      "transport.requestTimeout",
      "How long a request may take to arrive, or a response to be read.",
      duration(transport(TransportConfig.Builder::requestTimeout))),
  KEEP_ALIVE_TIMEOUT(
      "75s",
      "transport.keepAliveTimeout",
      "How long a connection stays open for the next request; longer than the load balancer's.",
      duration(transport(TransportConfig.Builder::keepAliveTimeout))),
  ACK_TIMEOUT(
      "10s",
      "ackTimeout",
      "How long acks are waited for unless the call says.",
      duration(SocketIoServerConfig.Builder::ackTimeout)),
  MAX_PAYLOAD_BYTES(
      "1000000",
      "maxPayloadBytes",
      "The longest message of a client.",
      number("BYTES", 1, Integer.MAX_VALUE, SocketIoServerConfig.Builder::maxPayloadBytes)),
  MAX_ATTACHMENTS(
      "10",
      "maxAttachments",
      "How many binary values one packet may have, in both directions.",
      number("COUNT", 1, Integer.MAX_VALUE, SocketIoServerConfig.Builder::maxAttachments)),
  MAX_JSON_DEPTH(
      "500",
      "maxJsonDepth",
      "How deep arrays and objects of one packet may be nested, in both directions.",
      number("COUNT", 1, 2000, SocketIoServerConfig.Builder::maxJsonDepth)),
  MAX_REQUEST_BODY_BYTES(
      "1048576",
      "transport.maxRequestBodyBytes",
      "The longest body of a request to the application.",
      number(
          "BYTES", 1, Integer.MAX_VALUE, transport(TransportConfig.Builder::maxRequestBodyBytes))),
  MAX_QUEUED_BYTES(
      "1048576",
      "maxQueuedBytes",
      "How many bytes may wait for a client that takes none.",
      bytes(SocketIoServerConfig.Builder::maxQueuedBytes)),
  MAX_QUEUED_BYTES_TOTAL(
      "a quarter of the heap",
      "engine.maxQueuedBytesTotal",
      "How many bytes may wait for all clients; above that, those that wait longest are given up.",
      bytes(engine(EngineIoConfig.Builder::maxQueuedBytesTotal))),
  SLOW_CONSUMER_TIMEOUT(
      "30s",
      "engine.slowConsumerTimeout",
      "How long a client may take no byte while more than max-queued-bytes wait for it.",
      duration(engine(EngineIoConfig.Builder::slowConsumerTimeout))),
  MAX_PENDING_EVENTS(
      "10000",
      "maxPendingEvents",
      "How many events of a socket may wait for handlers before reading stops.",
      number("COUNT", 1, Integer.MAX_VALUE, SocketIoServerConfig.Builder::maxPendingEvents)),
  MAX_PENDING_BYTES(
      "16777216",
      "maxPendingBytes",
      "How many bytes of events of a connection may wait for handlers before reading stops.",
      bytes(SocketIoServerConfig.Builder::maxPendingBytes)),
  MAX_PENDING_BYTES_TOTAL(
      "a quarter of the heap",
      "maxPendingBytesTotal",
      "How many bytes of events of all connections may wait for handlers before reading stops.",
      bytes(SocketIoServerConfig.Builder::maxPendingBytesTotal)),
  PENDING_TIMEOUT(
      "none",
      "pendingTimeout",
      "How long a connection may go unread for slow handlers before it is closed.",
      duration(SocketIoServerConfig.Builder::pendingTimeout)),
  MAX_NAMESPACES_PER_CONNECTION(
      "100",
      "maxNamespacesPerConnection",
      "In how many namespaces one connection may be.",
      number(
          "COUNT", 1, Integer.MAX_VALUE, SocketIoServerConfig.Builder::maxNamespacesPerConnection)),
  MAX_DYNAMIC_NAMESPACES(
      "10000",
      "maxDynamicNamespaces",
      "How many namespaces clients may have by patterns or predicates.",
      number("COUNT", 0, Integer.MAX_VALUE, SocketIoServerConfig.Builder::maxDynamicNamespaces)),
  CLEANUP_EMPTY_NAMESPACES(
      "true",
      "cleanupEmptyNamespaces",
      "Whether such a namespace ends with its last client.",
      flag(SocketIoServerConfig.Builder::cleanupEmptyNamespaces)),
  TRANSPORTS(
      "polling,websocket",
      "engine.transports",
      "The transports on offer.",
      step("NAME,...", TransportSteps::transports)),
  CORS_ORIGINS(
      "none",
      "corsOrigins",
      "Web pages of other origins that may connect; * for all, off for no checks and no headers.",
      step("ORIGIN,...", TransportSteps::cors)),
  CORS_CREDENTIALS(
      "false", "cors", "Whether such pages may send cookies.", partOf(CORS_ORIGINS, "true|false")),
  TRUSTED_PROXIES(
      "none",
      "transport.trustedProxies",
      "Proxies whose X-Forwarded-For, -Proto, -Host count; 10.0.0.0/8.",
      step("ADDRESS,...", TransportSteps::trustedProxies)),
  COOKIE(
      "none",
      "transport.cookie",
      "A cookie with the session id, for load balancers.",
      step("NAME", TransportSteps::cookie)),
  COOKIE_PATH("/", "transport.cookie", "The requests that carry it.", partOf(COOKIE, "PATH")),
  COOKIE_SAME_SITE(
      "lax",
      "transport.cookie",
      "When other sites cause it: strict, lax or none.",
      partOf(COOKIE, "NAME")),
  COOKIE_HTTP_ONLY(
      "true", "transport.cookie", "Whether scripts cannot read it.", partOf(COOKIE, "true|false")),
  COOKIE_SECURE(
      "false",
      "transport.cookie",
      "Whether it travels over TLS only.",
      partOf(COOKIE, "true|false")),
  TLS_CERTIFICATE(
      "none",
      "transport.tls",
      "Certificates in PEM, the server's first. Serves https and wss only.",
      step("FILE", (values, setting, config) -> TlsStep.apply(values, config))),
  TLS_KEY("none", "transport.tls", "The private key for it in PEM, PKCS#8.", read("FILE")),
  TLS_KEYSTORE(
      "none", "transport.tls", "A PKCS12 or JKS keystore, instead of these two.", read("FILE")),
  TLS_KEYSTORE_PASSWORD(
      "none",
      "transport.tls",
      "Its password; not for the command line, which others can see.",
      partOf(TLS_KEYSTORE, "TEXT")),
  TLS_KEYSTORE_PASSWORD_FILE(
      "none", "transport.tls", "A file with its password.", partOf(TLS_KEYSTORE, "FILE")),
  TLS_CLIENT_AUTH(
      "none",
      "transport.clientCertificates",
      "Whether clients are asked for a certificate, or need one.",
      step("none|want|need", (values, setting, config) -> TlsStep.clients(values, config))),
  TLS_CLIENT_CA(
      "none",
      "transport.clientCertificates",
      "The certificates in PEM that must have issued it.",
      read("FILE")),
  HTTP_COMPRESSION(
      "1024",
      "transport.httpCompression",
      "From which size on polling responses and static texts are compressed.",
      step("BYTES|off", threshold(transport(TransportConfig.Builder::httpCompression)))),
  WEBSOCKET_COMPRESSION(
      "off",
      "transport.webSocketCompression",
      "From which size on WebSocket messages are compressed.",
      step("BYTES|off", threshold(transport(TransportConfig.Builder::webSocketCompression)))),
  IO("the best", "transport.io", "io-uring, epoll or nio.", step("NAME", TransportSteps::io)),
  EVENT_LOOP_THREADS(
      "processors",
      "transport.eventLoopThreads",
      "How many threads do input and output.",
      number("COUNT", 1, 1024, transport(TransportConfig.Builder::eventLoopThreads))),
  HANDLER_THREADS(
      "virtual",
      "handlerThreads",
      "A pool of so many threads for handlers; virtual threads from Java 21 on, 64 threads before.",
      number("COUNT", 1, 10_000, SocketIoServerConfig.Builder::handlerThreads)),
  STATIC(
      "none",
      "staticFiles",
      "Serves a directory or file under a prefix.",
      repeated("PREFIX=FILE", StaticSteps::rules)),
  STATIC_DEFAULT_DOCUMENT(
      "index.html",
      "staticFiles.defaultDocument",
      "The file that stands for its directory.",
      step("NAME", StaticSteps::defaultDocument)),
  STATIC_CACHE_CONTROL(
      "no-cache",
      "staticFiles.cacheControl",
      "The Cache-Control of static files.",
      step("TEXT", StaticSteps::cacheControl)),
  STATIC_TYPE(
      "none",
      "staticFiles.contentType",
      "The content type of static files that end so, beside the common ones.",
      repeated("EXTENSION=TYPE", StaticSteps::types)),
  MANAGEMENT_PORT(
      "none",
      "managementPort",
      "The port of /healthz, /readyz and /metrics; 0 takes a free one.",
      number("PORT", 0, 65_535, SocketIoServerConfig.Builder::managementPort)),
  MANAGEMENT_HOST(
      "localhost",
      "managementHost",
      "The address of that port; whoever reaches it may read.",
      text("ADDRESS", SocketIoServerConfig.Builder::managementHost)),
  READY_NEEDS_BROKER(
      "false",
      "readyNeedsBroker",
      "Whether /readyz fails while the broker is away.",
      step("true|false", ServerSteps::readyNeedsBroker)),
  APPLICATION(
      "none",
      Setting.NOT_IN_CODE,
      "A jar or class directory with SocketIoApplications to run.",
      eachExisting("JAR")),
  LOG_LEVEL(
      "info",
      Setting.NOT_IN_CODE,
      "trace, debug, info, warn, error or off.",
      word("LEVEL", "trace", "debug", "info", "warn", "error", "off")),
  CONFIG(
      "none",
      Setting.NOT_IN_CODE,
      "A properties file; command line and environment go before it.",
      read("FILE"));

  /** Stands in the place of a builder method for settings that only the executable has. */
  static final String NOT_IN_CODE = "–";

  static final String KEY_PREFIX = "starling.";
  static final String VARIABLE_PREFIX = "STARLING_";

  private final String standard;
  private final String inCode;
  private final String meaning;

  @SuppressWarnings("ImmutableEnumChecker") // Effects are lambdas without state.
  private final Effect effect;

  Setting(String standard, String inCode, String meaning, Effect effect) {
    this.standard = standard;
    this.inCode = inCode;
    this.meaning = meaning;
    this.effect = effect;
  }

  /**
   * The name that all sources have in common, in lower case with dashes, such as {@code
   * ping-interval}.
   */
  public String plainName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The name on the command line, such as {@code --ping-interval}. */
  public String option() {
    return "--" + plainName();
  }

  /** The name in properties, such as {@code starling.ping-interval}. */
  public String key() {
    return KEY_PREFIX + plainName();
  }

  /** The name of the environment variable, such as {@code STARLING_PING_INTERVAL}. */
  public String variable() {
    return VARIABLE_PREFIX + name();
  }

  /** A placeholder for the value in the help, such as {@code DURATION}. */
  public String label() {
    return effect.label();
  }

  /** The default, as text for people. */
  public String standard() {
    return standard;
  }

  /** One or two sentences that explain the setting. */
  public String meaning() {
    return meaning + (repeatable() ? " Repeatable." : "");
  }

  /**
   * Whether the setting may have several values. On the command line the option is repeated; in
   * other sources the values are separated by commas.
   */
  public boolean repeatable() {
    return effect.repeatable();
  }

  /**
   * The method of {@link SocketIoServerConfig.Builder} that sets the same, such as {@code
   * pingInterval} or, in a builder inside it, {@code engine.closeTimeout}.
   */
  String inCode() {
    return inCode;
  }

  /** Whether only the executable has this setting. */
  boolean ofExecutable() {
    return inCode.equals(NOT_IN_CODE);
  }

  Effect effect() {
    return effect;
  }

  /**
   * The fault line for a name that no setting has. It proposes the most similar name that exists.
   *
   * @param naming which name of a setting to compare with, such as {@link #option}
   */
  public static String unknown(String name, Function<Setting, String> naming) {
    String nearest = Nearest.to(name, Stream.of(values()).map(naming));
    return name + ": unknown (expected: " + nearest + "?)";
  }

  static Optional<Setting> find(String name, Function<Setting, String> naming) {
    return Stream.of(values()).filter(setting -> naming.apply(setting).equals(name)).findFirst();
  }
}
