package io.starling.socketio.settings;

import io.starling.socketio.SocketIoServerConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The values that a user has given, by {@link Setting}. A value on the command line hides the same
 * one in the environment, which hides the one in properties. Immutable. An application with a
 * configuration of its own uses it like this:
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
   * Settings from properties, such as those of an application's own configuration.
   *
   * @param properties the values by keys such as {@code starling.port}, for example {@link
   *     java.util.Properties}. Keys that do not begin with {@code starling.} are ignored. Values
   *     are converted to text. Settings that only the executable has are reported by {@link
   *     #config}
   */
  public static Settings of(Map<?, ?> properties) {
    return of(properties, Map.of());
  }

  /**
   * Settings from the environment and from properties. A variable hides the property of the same
   * setting.
   *
   * @param environment the values by variables such as {@code STARLING_PORT}. Variables are ignored
   *     if they do not begin with {@code STARLING_}, or if they begin with {@code STARLING_TEST_}
   */
  public static Settings of(Map<?, ?> properties, Map<String, String> environment) {
    Sources sources = new Sources(List.of());
    sources.addEnvironment(environment);
    sources.addProperties(properties);
    sources.refuse(Setting::ofExecutable, "a setting of the server in code");
    return new Settings(sources);
  }

  /**
   * Settings of the executable: from the command line, the environment, and the properties file
   * that one of these two names.
   *
   * @param faults the faults of the command line, one line each; {@link #config} reports them
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

  /** The value that was given, or the last one if there are several. Empty when none was given. */
  public Optional<String> text(Setting setting) {
    return texts(setting).stream().reduce((first, last) -> last);
  }

  /** All values that were given, by the one source that counts. Empty when none was given. */
  public List<String> texts(Setting setting) {
    Sources.Value value = values.get(setting);
    return value == null ? List.of() : value.texts();
  }

  /** The source of the value. */
  public Source source(Setting setting) {
    Sources.Value value = values.get(setting);
    return value == null ? Source.DEFAULT : value.source();
  }

  /** The value, or the default, in a form that may be shown: secrets are masked. */
  public String shown(Setting setting) {
    return values.containsKey(setting)
        ? Masked.of(setting, String.join(",", texts(setting)))
        : setting.standard();
  }

  /**
   * A builder that holds these values. Settings that were not given have their defaults.
   *
   * @throws IllegalArgumentException when a name or value is wrong; the message has one line for
   *     each fault
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
