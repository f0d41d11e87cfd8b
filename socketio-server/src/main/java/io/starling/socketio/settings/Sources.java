package io.starling.socketio.settings;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Gathers the values of all sources. The sources must be added in the order of their precedence:
 * the first value of a setting counts.
 */
final class Sources {
  private static final String OF_TESTS = "STARLING_TEST_";

  private final Map<Setting, Value> values = new EnumMap<>(Setting.class);
  private final Faults faults;

  /** The values of one setting, and the source that has given them. */
  record Value(List<String> texts, Source source) {}

  Sources(List<String> faults) {
    this.faults = new Faults(faults);
  }

  Map<Setting, Value> values() {
    return values;
  }

  Faults faults() {
    return faults;
  }

  void addCommandLine(Map<Setting, List<String>> given) {
    given.forEach(
        (setting, texts) ->
            values.put(setting, new Value(List.copyOf(texts), Source.COMMAND_LINE)));
  }

  void addEnvironment(Map<String, String> environment) {
    new TreeMap<>(environment)
        .forEach(
            (name, text) -> {
              if (name.startsWith(Setting.VARIABLE_PREFIX) && !name.startsWith(OF_TESTS)) {
                add(name, Setting::variable, text, Source.ENVIRONMENT);
              }
            });
  }

  /**
   * Adds properties of an application. Keys that do not begin with {@code starling.} are ignored.
   */
  void addProperties(Map<?, ?> properties) {
    texts(properties)
        .forEach(
            (key, text) -> {
              if (key.startsWith(Setting.KEY_PREFIX)) {
                add(key, Setting::key, text, Source.FILE);
              }
            });
  }

  /** Adds a properties file of the executable. Every key must be that of a setting. */
  void addFile(String name) {
    Optional<Path> path = faults.existing(Setting.CONFIG, name);
    if (path.isEmpty()) {
      return;
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(path.get())) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      faults.add(Setting.CONFIG, name, "a readable properties file in UTF-8");
    }
    if (properties.containsKey(Setting.CONFIG.key())) {
      faults.add(Setting.CONFIG, name, "a file that names no other");
    }
    texts(properties).forEach((key, text) -> add(key, Setting::key, text, Source.FILE));
  }

  /** Adds a fault for each setting that was given and is not allowed here. */
  void refuse(Predicate<Setting> refused, String expected) {
    for (Setting setting : Setting.values()) {
      Value value = values.get(setting);
      if (value != null && refused.test(setting)) {
        faults.add(setting, String.join(",", value.texts()), expected);
      }
    }
  }

  private void add(String name, Function<Setting, String> naming, String text, Source source) {
    Optional<Setting> known = Setting.find(name, naming);
    if (known.isEmpty()) {
      faults.add(Setting.unknown(name, naming));
    } else {
      boolean several = known.get().repeatable();
      List<String> texts = several ? List.of(text.split(",", -1)) : List.of(text);
      values.putIfAbsent(known.get(), new Value(texts, source));
    }
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
