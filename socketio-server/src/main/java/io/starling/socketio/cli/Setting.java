package io.starling.socketio.cli;

import java.util.Locale;
import java.util.Optional;

/**
 * Everything that can be set, once for all sources: {@code --ping-interval} on the command line,
 * {@code STARLING_PING_INTERVAL} in the environment, {@code starling.ping-interval} in the file.
 */
enum Setting {
  PORT("PORT", "The port to listen on; 0 takes a free one. Default: 3000"),
  HOST("ADDRESS", "The address to listen on. Default: all"),
  PATH("PATH", "The path of the endpoint. Default: /socket.io/"),
  MANAGER("URL", "The broker that all processes share, such as redis://localhost:6379."),
  PING_INTERVAL("DURATION", "How often clients are asked for a sign of life. Default: 25s"),
  PING_TIMEOUT("DURATION", "How long they may take to give it. Default: 20s"),
  MAX_PAYLOAD_BYTES("BYTES", "The longest message of a client. Default: 1000000"),
  CONNECT_TIMEOUT("DURATION", "How long a client may be in no namespace. Default: 45s"),
  CORS_ORIGINS("ORIGIN,...", "Web pages of other origins that may connect; * for all."),
  STATIC("PREFIX=FILE", "Serves a directory or file under a prefix.", true),
  APPLICATION("JAR", "A jar or class directory with SocketIoApplications to run.", true),
  LOG_LEVEL("LEVEL", "trace, debug, info, warn, error or off. Default: info"),
  CONFIG("FILE", "A properties file; command line and environment go before it.");

  private static final String KEY_PREFIX = "starling.";
  private static final String VARIABLE_PREFIX = "STARLING_";

  private final String label;
  private final String description;
  private final boolean repeatable;

  Setting(String label, String description) {
    this(label, description, false);
  }

  Setting(String label, String description, boolean repeatable) {
    this.label = label;
    this.description = description;
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

  String description() {
    return description + (repeatable ? " Repeatable." : "");
  }

  /** Given several times on the command line; separated by commas elsewhere. */
  boolean repeatable() {
    return repeatable;
  }
}
