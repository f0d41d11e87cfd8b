package io.starling.socketio.settings;

import io.starling.socketio.SocketIoServerConfig;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The values that a user has given, by {@link ServerSetting}. A value on the command line hides the
 * same one in the environment, which hides the one in properties. Immutable. An application with a
 * configuration of its own uses it like this:
 *
 * <pre>{@code
 * SocketIoServerConfig config = Settings.of(properties).config().listener(listener).build();
 * }</pre>
 */
public final class Settings {
  private static final String OF_TESTS = "STARLING_TEST_";

  // Both change only until a factory method returns. The first value of a setting counts.
  private final Map<ServerSetting, Given> values = new EnumMap<>(ServerSetting.class);
  private final List<String> faults;

  /** The values of one setting, and the name of the source that has given them. */
  private record Given(List<String> texts, String source) {}

  private Settings(List<String> faults) {
    this.faults = new ArrayList<>(faults);
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
    Settings settings = new Settings(List.of());
    settings.addEnvironment(environment);
    Map<String, String> texts = texts(properties);
    texts.keySet().removeIf(key -> !key.startsWith(ServerSetting.KEY_PREFIX));
    settings.addProperties(texts);
    settings.values.forEach(
        (setting, given) -> {
          if (setting.ofExecutable()) {
            String text = String.join(",", given.texts);
            settings.add(setting.fault(text, "a setting of the server in code"));
          }
        });
    return settings;
  }

  /**
   * Settings of the executable: from the command line, the environment, and the properties file
   * that one of these two names.
   *
   * @param faults the faults of the command line, one line each; {@link #config} reports them
   */
  public static Settings ofExecutable(
      Map<ServerSetting, List<String>> commandLine,
      Map<String, String> environment,
      List<String> faults) {
    Settings settings = new Settings(faults);
    commandLine.forEach((setting, texts) -> settings.add(setting, texts, "command line"));
    settings.addEnvironment(environment);
    settings.text(ServerSetting.CONFIG).ifPresent(settings::addFile);
    return settings;
  }

  /** The value that was given, or the last one if there are several. Empty when none was given. */
  public Optional<String> text(ServerSetting setting) {
    return texts(setting).stream().reduce((first, last) -> last);
  }

  /** All values that were given, by the one source that counts. Empty when none was given. */
  public List<String> texts(ServerSetting setting) {
    Given given = values.get(setting);
    return given == null ? List.of() : given.texts;
  }

  /**
   * The source of the value: {@code command line}, {@code environment}, {@code file} or {@code
   * default}.
   */
  public String source(ServerSetting setting) {
    Given given = values.get(setting);
    return given == null ? "default" : given.source;
  }

  /** The value, or the default, in a form that may be shown: secrets are masked. */
  public String shown(ServerSetting setting) {
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
    return new SettingsParser(this, faults).parse();
  }

  private void addEnvironment(Map<String, String> environment) {
    Map<String, String> texts = new TreeMap<>(environment);
    texts
        .keySet()
        .removeIf(
            name -> !name.startsWith(ServerSetting.VARIABLE_PREFIX) || name.startsWith(OF_TESTS));
    texts.forEach((name, text) -> add(name, ServerSetting::variable, text, "environment"));
  }

  private void addProperties(Map<String, String> texts) {
    texts.forEach((key, text) -> add(key, ServerSetting::key, text, "file"));
  }

  /** Adds a properties file of the executable. Every key must be that of a setting. */
  private void addFile(String name) {
    Path path;
    try {
      path = SettingType.FILE.parser().apply(name);
    } catch (IllegalArgumentException e) {
      add(ServerSetting.CONFIG.fault(name, SettingType.FILE.expected()));
      return;
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(path)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      add(ServerSetting.CONFIG.fault(name, "a readable properties file in UTF-8"));
    }
    if (properties.containsKey(ServerSetting.CONFIG.key())) {
      add(ServerSetting.CONFIG.fault(name, "a file that names no other"));
    }
    addProperties(texts(properties));
  }

  private void add(
      String name, Function<ServerSetting, String> naming, String text, String source) {
    Optional<ServerSetting> known = ServerSetting.find(name, naming);
    if (known.isEmpty()) {
      faults.add(ServerSetting.unknown(name, naming));
    } else {
      boolean several = known.get().row().repeatable();
      add(known.get(), several ? List.of(text.split(",", -1)) : List.of(text), source);
    }
  }

  /** Of several values of a setting that cannot be repeated, the last one counts. */
  private void add(ServerSetting setting, List<String> texts, String source) {
    List<String> counted =
        setting.row().repeatable() ? texts : texts.subList(texts.size() - 1, texts.size());
    values.putIfAbsent(setting, new Given(List.copyOf(counted), source));
  }

  private void add(IllegalArgumentException fault) {
    faults.add(String.valueOf(fault.getMessage()));
  }

  /**
   * The properties as text, sorted so that faults have a fixed order. {@link Properties} is a
   * special case, since its entries do not include its defaults.
   */
  private static Map<String, String> texts(Map<?, ?> properties) {
    Map<String, String> texts = new TreeMap<>();
    if (properties instanceof Properties given) {
      given.stringPropertyNames().forEach(key -> texts.put(key, given.getProperty(key)));
    } else {
      properties.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
    }
    return texts;
  }
}
