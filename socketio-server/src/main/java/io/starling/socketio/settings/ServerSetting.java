package io.starling.socketio.settings;

import static io.starling.socketio.settings.Row.checked;
import static io.starling.socketio.settings.Row.group;
import static io.starling.socketio.settings.Row.part;
import static io.starling.socketio.settings.Row.read;
import static io.starling.socketio.settings.Row.set;
import static io.starling.socketio.settings.Row.setEach;
import static io.starling.socketio.settings.SettingType.BYTES;
import static io.starling.socketio.settings.SettingType.DURATION;
import static io.starling.socketio.settings.SettingType.FILE;
import static io.starling.socketio.settings.SettingType.FLAG;
import static io.starling.socketio.settings.SettingType.SIZE;
import static io.starling.socketio.settings.SettingType.THRESHOLD;
import static io.starling.socketio.settings.SettingType.choice;
import static io.starling.socketio.settings.SettingType.count;
import static io.starling.socketio.settings.SettingType.existing;
import static io.starling.socketio.settings.SettingType.list;
import static io.starling.socketio.settings.SettingType.matching;
import static io.starling.socketio.settings.SettingType.number;
import static io.starling.socketio.settings.SettingType.text;

import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.transport.AddressRanges;
import io.starling.socketio.transport.IoKind;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The table of all settings that a user can give as text. Each has the same name in every source:
 * {@code --ping-interval} on the command line, {@code STARLING_PING_INTERVAL} in the environment,
 * {@code starling.ping-interval} in a properties file, {@code pingInterval} in code.
 */
public enum ServerSetting {
  PORT(
      set(number("PORT", 0, 65_535), "3000", SocketIoServerConfig.Builder::port),
      "The port to listen on; 0 takes a free one."),
  HOST(
      set(text("ADDRESS"), "all", SocketIoServerConfig.Builder::host), "The address to listen on."),
  PATH(
      set(
          matching("PATH", "a leading slash", "(?s)/.*"),
          "/socket.io/",
          SocketIoServerConfig.Builder::path),
      "The path where Socket.IO clients connect."),
  MANAGER(
      set(text("URL"), "memory://", SocketIoServerConfig.Builder::manager),
      "The broker that all processes share, such as redis://localhost."),
  PING_INTERVAL(
      set(DURATION, "25s", SocketIoServerConfig.Builder::pingInterval),
      "How long after a client's answer to a ping the next ping is sent."),
  PING_TIMEOUT(
      set(DURATION, "20s", SocketIoServerConfig.Builder::pingTimeout),
      "How long a client may take to answer a ping."),
  CONNECT_TIMEOUT(
      set(DURATION, "45s", SocketIoServerConfig.Builder::connectTimeout),
      "How long a client may be connected without having joined a namespace."),
  UPGRADE_TIMEOUT(
      set(DURATION, "10s", SocketIoServerConfig.Builder::upgradeTimeout),
      "How long a client may take to change from polling to WebSocket."),
  CLOSE_TIMEOUT(
      set(DURATION, "30s", SocketIoServerConfig.Builder::closeTimeout),
      "How long a disconnected client may take no byte of what still waits for it."),
  REQUEST_TIMEOUT(
      set(DURATION, "30s", SocketIoServerConfig.Builder::requestTimeout),
      "How long a client may take to send a request, or may leave a response unread."),
  KEEP_ALIVE_TIMEOUT(
      set(DURATION, "75s", SocketIoServerConfig.Builder::keepAliveTimeout),
      "How long an idle connection stays open; must be longer than the load balancer's time."),
  ACK_TIMEOUT(
      set(DURATION, "10s", SocketIoServerConfig.Builder::ackTimeout),
      "How long the server waits for an ack, unless the call sets a time."),
  MAX_PAYLOAD_BYTES(
      set(SIZE, "1000000", SocketIoServerConfig.Builder::maxPayloadBytes),
      "The longest message that a client may send."),
  MAX_ATTACHMENTS(
      set(count(1), "10", SocketIoServerConfig.Builder::maxAttachments),
      "How many binary values one packet may have, in both directions."),
  MAX_JSON_DEPTH(
      set(number("COUNT", 1, 2000), "500", SocketIoServerConfig.Builder::maxJsonDepth),
      "How deep arrays and objects of one packet may be nested, in both directions."),
  MAX_REQUEST_BODY_BYTES(
      set(SIZE, "1048576", SocketIoServerConfig.Builder::maxRequestBodyBytes),
      "The longest body of a request to the application's own HTTP handler."),
  MAX_QUEUED_BYTES(
      set(BYTES, "1048576", SocketIoServerConfig.Builder::maxQueuedBytes),
      "How many bytes may wait for one client that takes none."),
  MAX_QUEUED_BYTES_TOTAL(
      set(BYTES, "a quarter of the heap", SocketIoServerConfig.Builder::maxQueuedBytesTotal),
      "How many bytes may wait for all clients; above that, the slowest are disconnected."),
  SLOW_CONSUMER_TIMEOUT(
      set(DURATION, "30s", SocketIoServerConfig.Builder::slowConsumerTimeout),
      "How long a client may take no byte while more than max-queued-bytes wait for it."),
  MAX_PENDING_EVENTS(
      set(count(1), "10000", SocketIoServerConfig.Builder::maxPendingEvents),
      "How many events of a socket may wait for handlers before reading stops."),
  MAX_PENDING_BYTES(
      set(BYTES, "16777216", SocketIoServerConfig.Builder::maxPendingBytes),
      "How many bytes of events of a connection may wait for handlers before reading stops."),
  MAX_PENDING_BYTES_TOTAL(
      set(BYTES, "a quarter of the heap", SocketIoServerConfig.Builder::maxPendingBytesTotal),
      "How many bytes of events of all connections may wait for handlers before reading stops."),
  PENDING_TIMEOUT(
      set(DURATION, "none", SocketIoServerConfig.Builder::pendingTimeout),
      "How long reading from a connection may stop for slow handlers before it is closed."),
  MAX_NAMESPACES_PER_CONNECTION(
      set(count(1), "100", SocketIoServerConfig.Builder::maxNamespacesPerConnection),
      "In how many namespaces one connection may be."),
  MAX_DYNAMIC_NAMESPACES(
      set(count(0), "10000", SocketIoServerConfig.Builder::maxDynamicNamespaces),
      "How many namespaces may exist that a pattern or predicate made for a client."),
  CLEANUP_EMPTY_NAMESPACES(
      set(FLAG, "true", SocketIoServerConfig.Builder::cleanupEmptyNamespaces),
      "Whether such a namespace is removed when its last client has left."),
  TRANSPORTS(
      set(SettingType.TRANSPORTS, "polling,websocket", SocketIoServerConfig.Builder::transports),
      "The transports that clients may use."),
  CORS_ORIGINS(
      group(SettingGroups.ORIGINS, "none", SettingGroups::cors),
      "Origins of web pages that may connect; * for all, off for no checks and no headers."),
  CORS_CREDENTIALS(
      "cors",
      part(FLAG, "false", CORS_ORIGINS),
      "Whether web pages of these origins may send cookies."),
  TRUSTED_PROXIES(
      set(
          list("ADDRESS,...", "values between commas"),
          "none",
          (config, ranges) -> config.trustedProxies(AddressRanges.of(ranges))),
      "Proxies whose X-Forwarded-For, -Proto and -Host are believed, such as 10.0.0.0/8."),
  COOKIE(
      group(text("NAME"), "none", SettingGroups::cookie),
      "The name of a cookie with the session id, for load balancers."),
  COOKIE_PATH(
      "cookie",
      part(text("PATH"), "/", COOKIE),
      "Requests to this path and below carry the cookie."),
  COOKIE_SAME_SITE(
      "cookie",
      part(SettingGroups.SAME_SITE, "lax", COOKIE),
      "Whether requests that other sites cause carry the cookie: strict, lax or none."),
  COOKIE_HTTP_ONLY(
      "cookie", part(FLAG, "true", COOKIE), "Whether scripts of web pages cannot read the cookie."),
  COOKIE_SECURE("cookie", part(FLAG, "false", COOKIE), "Whether the cookie travels over TLS only."),
  TLS_CERTIFICATE(
      "tls",
      group(FILE, "none", SettingGroups::tls),
      "Certificates in PEM, the server's first. The server then speaks https and wss only."),
  TLS_KEY("tls", read(FILE, "none"), "The private key of the certificate in PEM, PKCS#8."),
  TLS_KEYSTORE(
      "tls",
      read(FILE, "none"),
      "A PKCS12 or JKS keystore, instead of certificate and key in PEM."),
  TLS_KEYSTORE_PASSWORD(
      "tls",
      part(text("TEXT"), "none", TLS_KEYSTORE),
      "The keystore's password; not for the command line, which others can see."),
  TLS_KEYSTORE_PASSWORD_FILE(
      "tls", part(FILE, "none", TLS_KEYSTORE), "A file with the keystore's password."),
  TLS_CLIENT_AUTH(
      "clientCertificates",
      group(SettingGroups.CLIENT_AUTH, "none", SettingGroups::clientCertificates),
      "Whether clients are asked for a certificate (want), or refused without one (need)."),
  TLS_CLIENT_CA(
      "clientCertificates",
      read(FILE, "none"),
      "Certificates in PEM; one of them must have issued the client's certificate."),
  HTTP_COMPRESSION(
      set(THRESHOLD, "1024", SocketIoServerConfig.Builder::httpCompression),
      "From which size on polling responses and static texts are compressed."),
  WEBSOCKET_COMPRESSION(
      "webSocketCompression",
      set(THRESHOLD, "off", SocketIoServerConfig.Builder::webSocketCompression),
      "From which size on WebSocket messages are compressed."),
  IO(
      set(choice(IoKind.class), "the best", SocketIoServerConfig.Builder::io),
      "The system's interface for input and output: io-uring, epoll or nio."),
  EVENT_LOOP_THREADS(
      set(number("COUNT", 1, 1024), "processors", SocketIoServerConfig.Builder::eventLoopThreads),
      "The number of threads for network input and output."),
  HANDLER_THREADS(
      set(number("COUNT", 1, 10_000), "virtual", SocketIoServerConfig.Builder::handlerThreads),
      "The number of threads for handlers; virtual threads from Java 21 on, 64 threads before."),
  STATIC(
      "staticFiles",
      setEach(
          matching("PREFIX=FILE", "/prefix=directory", "(?s)/[^=]*=.*"),
          SettingGroups::staticFiles),
      "Serves a file, or the files of a directory, under a path."),
  STATIC_DEFAULT_DOCUMENT(
      set(
          matching("NAME", "the name of a file", "[^/\\\\]+"),
          "index.html",
          SocketIoServerConfig.Builder::staticDefaultDocument),
      "The name of the file that is served for a directory."),
  STATIC_CACHE_CONTROL(
      set(
          matching("TEXT", "such as max-age=3600", "[\\x20-\\x7e]+"),
          "no-cache",
          SocketIoServerConfig.Builder::staticCacheControl),
      "The header field Cache-Control of static files."),
  STATIC_TYPE(
      setEach(
          matching("EXTENSION=TYPE", "such as glb=model/gltf-binary", "[^=]+=[\\x20-\\x7e]+"),
          SettingGroups::staticType),
      "The content type of static files with this extension, besides the common ones."),
  MANAGEMENT_PORT(
      set(number("PORT", 0, 65_535), "none", SocketIoServerConfig.Builder::managementPort),
      "The port of /healthz, /readyz and /metrics; 0 takes a free one."),
  MANAGEMENT_HOST(
      set(text("ADDRESS"), "localhost", SocketIoServerConfig.Builder::managementHost),
      "The address of the management port; whoever can reach it can read it."),
  READY_NEEDS_BROKER(
      set(FLAG, "false", SocketIoServerConfig.Builder::readyNeedsBroker),
      "Whether /readyz fails while the broker is away."),
  APPLICATION(
      ServerSetting.NOT_IN_CODE,
      setEach(existing("JAR"), (config, file) -> {}),
      "A jar or class directory with SocketIoApplications to run."),
  LOG_LEVEL(
      ServerSetting.NOT_IN_CODE,
      checked(
          matching(
              "LEVEL",
              "trace, debug, info, warn, error or off",
              "(?i)trace|debug|info|warn|error|off"),
          "info"),
      "How much is logged: trace, debug, info, warn, error or off."),
  CONFIG(
      ServerSetting.NOT_IN_CODE,
      read(FILE, "none"),
      "A properties file. Command line and environment go before it.");

  /** Stands in the place of a builder method for settings that only the executable has. */
  static final String NOT_IN_CODE = "–";

  static final String KEY_PREFIX = "starling.";
  static final String VARIABLE_PREFIX = "STARLING_";

  private final String inCode;
  private final String meaning;

  @SuppressWarnings("ImmutableEnumChecker") // Effects are lambdas without state.
  private final Row row;

  ServerSetting(Row row, String meaning) {
    this("", row, meaning);
  }

  ServerSetting(String inCode, Row row, String meaning) {
    this.inCode = inCode;
    this.row = row;
    this.meaning = meaning;
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
    return row.type().label();
  }

  /** The default, as text for people. */
  public String standard() {
    return row.standard();
  }

  /** One or two sentences that explain the setting. */
  public String meaning() {
    return meaning + (row.repeatable() ? " Repeatable." : "");
  }

  /**
   * The method of {@link SocketIoServerConfig.Builder} that sets the same, such as {@code
   * pingInterval}.
   */
  String inCode() {
    return inCode.isEmpty() ? camelCase() : inCode;
  }

  /** Whether only the executable has this setting. */
  boolean ofExecutable() {
    return inCode.equals(NOT_IN_CODE);
  }

  private String camelCase() {
    return Pattern.compile("-(.)")
        .matcher(plainName())
        .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
  }

  Row row() {
    return row;
  }

  /** A fault of this setting: {@code name: value (expected: …)}, without secrets. */
  IllegalArgumentException fault(String value, String expected) {
    return new IllegalArgumentException(
        plainName() + ": " + Masked.of(this, value) + " (expected: " + expected + ")");
  }

  /**
   * The fault line for a name that no setting has. It proposes the most similar name that exists.
   *
   * @param naming which name of a setting to compare with, such as {@link #option}
   */
  public static String unknown(String name, Function<ServerSetting, String> naming) {
    String nearest =
        Stream.of(values())
            .map(naming)
            .min(Comparator.comparingInt(known -> distance(name, known)))
            .orElseThrow();
    return name + ": unknown (expected: " + nearest + "?)";
  }

  static Optional<ServerSetting> find(String name, Function<ServerSetting, String> naming) {
    return Stream.of(values()).filter(setting -> naming.apply(setting).equals(name)).findFirst();
  }

  /** The Levenshtein distance: how many letters must be inserted, removed or replaced. */
  private static int distance(String a, String b) {
    int[] row = IntStream.rangeClosed(0, b.length()).toArray();
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0]++;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
