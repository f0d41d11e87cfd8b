package io.starling.socketio.cli;

import io.starling.manager.ClientManager;
import io.starling.manager.ClientManagers;
import io.starling.socketio.SocketIoServerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What the settings mean.
 *
 * @param config everything about the server
 * @param applications jars and class directories
 */
record ServerSettings(SocketIoServerConfig.Builder config, List<Path> applications) {
  private static final Set<String> LOG_LEVELS =
      Set.of("trace", "debug", "info", "warn", "error", "off");
  private static final int MAX_PORT = 65_535;

  static ServerSettings of(Settings settings, Faults faults) {
    SocketIoServerConfig.Builder config = SocketIoServerConfig.builder();
    settings.number(Setting.PORT, 0, MAX_PORT).ifPresent(config::port);
    notEmpty(settings, Setting.HOST).ifPresent(config::host);
    settings
        .parsed(
            Setting.PATH,
            "a leading slash",
            path -> path.startsWith("/") ? Optional.of(path) : Optional.empty())
        .ifPresent(config::path);
    settings.duration(Setting.CONNECT_TIMEOUT).ifPresent(config::connectTimeout);
    settings.duration(Setting.ACK_TIMEOUT).ifPresent(config::ackTimeout);
    settings
        .number(Setting.MAX_PENDING_EVENTS, 1, Integer.MAX_VALUE)
        .ifPresent(config::maxPendingEvents);
    config.engine(engine -> TransportSettings.engine(settings, engine));
    config.transport(transport -> new TransportSettings(settings, faults).apply(transport));
    settings.text(Setting.MANAGER).ifPresent(url -> manager(url, config, faults));
    settings
        .texts(Setting.STATIC)
        .forEach(mapping -> staticFiles(mapping, settings, config, faults));
    List<Path> applications = new ArrayList<>();
    for (String application : settings.texts(Setting.APPLICATION)) {
      settings.existing(Setting.APPLICATION, application).ifPresent(applications::add);
    }
    return new ServerSettings(config, applications);
  }

  /** As slf4j-simple names it. */
  static String logLevel(Settings settings) {
    return settings
        .parsed(
            Setting.LOG_LEVEL,
            "trace, debug, info, warn, error or off",
            level -> Optional.of(level.toLowerCase(Locale.ROOT)).filter(LOG_LEVELS::contains))
        .orElse("info");
  }

  private static Optional<String> notEmpty(Settings settings, Setting setting) {
    return settings.parsed(
        setting, "a value", text -> text.isEmpty() ? Optional.empty() : Optional.of(text));
  }

  private static void manager(String url, SocketIoServerConfig.Builder config, Faults faults) {
    try {
      ClientManager manager = ClientManagers.create(url);
      config.manager(manager);
    } catch (IllegalArgumentException e) {
      faults.add(String.valueOf(e.getMessage()));
    }
  }

  private static void staticFiles(
      String mapping, Settings settings, SocketIoServerConfig.Builder config, Faults faults) {
    int equals = mapping.indexOf('=');
    if (equals < 1 || !mapping.startsWith("/")) {
      faults.add(Setting.STATIC, mapping, "/prefix=directory");
      return;
    }
    settings
        .existing(Setting.STATIC, mapping.substring(equals + 1))
        .ifPresent(root -> config.staticFiles(mapping.substring(0, equals), root));
  }
}
