package io.starling.socketio.settings;

import io.starling.socketio.SocketIoServerConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The values that all sources give, by {@link Setting}: the command line before the environment
 * before properties. Immutable. In an application with a configuration of its own:
 *
 * <pre>{@code
 * SocketIoServerConfig config = Settings.of(properties).config().listener(listener).build();
 * }</pre>
 */
public final class Settings {
  private final Map<Setting, Sources.Value> values;
  private final List<String> faults;

  private Settings(Sources sources) {
    values = Map.copyOf(sources.values());
    faults = sources.faults().lines();
  }

  /**
   * From properties, such as those of an application's own configuration.
   *
   * @param properties keys such as {@code starling.port}; those that do not begin with {@code
   *     starling.} are not looked at. Values are taken as text. {@link java.util.Properties} will
   *     do
   */
  public static Settings of(Map<?, ?> properties) {
    return of(properties, Map.of());
  }

  /**
   * From properties and the environment, which goes before them.
   *
   * @param environment variables such as {@code STARLING_PORT}; those that do not begin with {@code
   *     STARLING_}, or that begin with {@code STARLING_TEST_}, are not looked at
   */
  public static Settings of(Map<?, ?> properties, Map<String, String> environment) {
    Sources sources = new Sources(List.of());
    sources.addEnvironment(environment);
    sources.addProperties(properties);
    sources.refuse(Setting::ofExecutable, "a setting of the server in code");
    return new Settings(sources);
  }

  /**
   * From the command line, the environment, and the properties file that one of them names.
   *
   * @param faults what is wrong with the command line, one line each
   */
  public static Settings ofExecutable(
      Map<Setting, List<String>> commandLine,
      Map<String, String> environment,
      List<String> faults) {
    Sources sources = new Sources(faults);
    sources.addCommandLine(commandLine);
    sources.addEnvironment(environment);
    Settings named = new Settings(sources);
    named.text(Setting.CONFIG).ifPresent(sources::addFile);
    return new Settings(sources);
  }

  /** What was given, the last time if several times; empty for the default. */
  public Optional<String> text(Setting setting) {
    return texts(setting).stream().reduce((first, last) -> last);
  }

  /** All that was given by the source that counts. */
  public List<String> texts(Setting setting) {
    Sources.Value value = values.get(setting);
    return value == null ? List.of() : value.texts();
  }

  /** Where the value comes from. */
  public Source source(Setting setting) {
    Sources.Value value = values.get(setting);
    return value == null ? Source.DEFAULT : value.source();
  }

  /** The value, or the default, as it may be shown: without secrets. */
  public String shown(Setting setting) {
    return values.containsKey(setting)
        ? Masked.of(setting, String.join(",", texts(setting)))
        : setting.standard();
  }

  /**
   * A builder that holds these values, and the defaults of what was not given.
   *
   * @throws IllegalArgumentException naming everything that is wrong, one a line
   */
  public SocketIoServerConfig.Builder config() {
    Faults found = new Faults(faults);
    Values meant = new Values(this, found);
    SocketIoServerConfig.Builder config = SocketIoServerConfig.builder();
    for (Setting setting : Setting.values()) {
      setting.effect().step().apply(meant, setting, config);
    }
    found.checked(config::build);
    if (found.lines().isEmpty()) {
      return config;
    }
    throw new IllegalArgumentException(String.join("\n", found.lines()));
  }
}
