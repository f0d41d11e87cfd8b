package io.starling.socketio.cli;

import java.util.Locale;
import java.util.Optional;

/**
 * Everything that can be set, once for all sources: {@code --ping-interval} on the command line,
 * {@code STARLING_PING_INTERVAL} in the environment, {@code starling.ping-interval} in the file.
 */
enum Setting {
  PORT("PORT", "3000", "The port to listen on; 0 takes a free one."),
  HOST("ADDRESS", "all", "The address to listen on."),
  PATH("PATH", "/socket.io/", "The path of the endpoint."),
  MANAGER("URL", "memory://", "The broker that all processes share, such as redis://localhost."),
  PING_INTERVAL("DURATION", "25s", "How often clients are asked for a sign of life."),
  PING_TIMEOUT("DURATION", "20s", "How long they may take to give it."),
  CONNECT_TIMEOUT("DURATION", "45s", "How long a client may be in no namespace."),
  UPGRADE_TIMEOUT("DURATION", "10s", "How long a client may take to change to WebSocket."),
  CLOSE_TIMEOUT("DURATION", "30s", "How long a disconnected client may take to hear of it."),
  REQUEST_TIMEOUT("DURATION", "30s", "How long a request may take to arrive, or not come."),
  ACK_TIMEOUT("DURATION", "10s", "How long acks are waited for unless the call says."),
  MAX_PAYLOAD_BYTES("BYTES", "1000000", "The longest message of a client."),
  MAX_QUEUED_BYTES("BYTES", "1048576", "How much may wait for a client before it is given up."),
  MAX_PENDING_EVENTS("COUNT", "10000", "How many events of a socket may wait for handlers."),
  TRANSPORTS("NAME,...", "polling,websocket", "The transports on offer."),
  CORS_ORIGINS(
      "ORIGIN,...",
      "none",
      "Web pages of other origins that may connect; * for all, off for no"
          + " checks and no headers."),
  CORS_CREDENTIALS("true|false", "false", "Whether such pages may send cookies."),
  TRUSTED_PROXIES(
      "ADDRESS,...", "none", "Proxies whose X-Forwarded-For, -Proto, -Host count; 10.0.0.0/8."),
  COOKIE("NAME", "none", "A cookie with the session id, for load balancers."),
  COOKIE_PATH("PATH", "/", "The requests that carry it."),
  COOKIE_SAME_SITE("NAME", "lax", "When other sites cause it: strict, lax or none."),
  COOKIE_HTTP_ONLY("true|false", "true", "Whether scripts cannot read it."),
  COOKIE_SECURE("true|false", "false", "Whether it travels over TLS only."),
  TLS_CERTIFICATE(
      "FILE", "none", "Certificates in PEM, the server's first. Serves https and wss only."),
  TLS_KEY("FILE", "none", "The private key for it in PEM, PKCS#8."),
  TLS_KEYSTORE("FILE", "none", "A PKCS12 or JKS keystore, instead of these two."),
  TLS_KEYSTORE_PASSWORD(
      "TEXT", "none", "Its password; not for the command line, which others can see."),
  TLS_KEYSTORE_PASSWORD_FILE("FILE", "none", "A file with its password."),
  TLS_CLIENT_AUTH(
      "none|want|need", "none", "Whether clients are asked for a certificate, or need one."),
  TLS_CLIENT_CA("FILE", "none", "The certificates in PEM that must have issued it."),
  HTTP_COMPRESSION(
      "BYTES|off", "1024", "From which size on polling responses and static texts are compressed."),
  WEBSOCKET_COMPRESSION(
      "BYTES|off", "off", "From which size on WebSocket messages are compressed."),
  IO("NAME", "the best", "epoll, io-uring or nio."),
  EVENT_LOOP_THREADS("COUNT", "processors", "How many threads do input and output."),
  STATIC("PREFIX=FILE", "none", "Serves a directory or file under a prefix.", true),
  APPLICATION("JAR", "none", "A jar or class directory with SocketIoApplications to run.", true),
  LOG_LEVEL("LEVEL", "info", "trace, debug, info, warn, error or off."),
  CONFIG("FILE", "none", "A properties file; command line and environment go before it.");

  private static final String KEY_PREFIX = "starling.";
  private static final String VARIABLE_PREFIX = "STARLING_";

  private final String label;
  private final String standard;
  private final String meaning;
  private final boolean repeatable;

  Setting(String label, String standard, String meaning) {
    this(label, standard, meaning, false);
  }

  Setting(String label, String standard, String meaning, boolean repeatable) {
    this.label = label;
    this.standard = standard;
    this.meaning = meaning;
    this.repeatable = repeatable;
  }

  static Optional<Setting> ofKey(String key) {
    for (Setting setting : values()) {
      if (setting.key().equals(key)) {
        return Optional.of(setting);
      }
    }
    return Optional.empty();
  }

  /** As users call it in every source, in lower case with dashes. */
  String plainName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String option() {
    return "--" + plainName();
  }

  String key() {
    return KEY_PREFIX + plainName();
  }

  String variable() {
    return VARIABLE_PREFIX + name();
  }

  String label() {
    return label;
  }

  /** What holds when it is not given, for people. */
  String standard() {
    return standard;
  }

  String meaning() {
    return meaning + (repeatable ? " Repeatable." : "");
  }

  /** Given several times on the command line; separated by commas elsewhere. */
  boolean repeatable() {
    return repeatable;
  }
}
