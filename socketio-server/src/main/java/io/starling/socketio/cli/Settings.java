package io.starling.socketio.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The values of all sources, command line before environment before file. Reading a value adds its
 * fault, if any, and gives nothing then, so that all faults are found in one go.
 */
final class Settings {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  private final Map<Setting, List<String>> values = new EnumMap<>(Setting.class);
  private final Faults faults;

  /**
   * Puts the sources together; reads the file that they name.
   *
   * @param commandLine what was given there
   * @param environment all of the process's
   */
  Settings(Map<Setting, List<String>> commandLine, Map<String, String> environment, Faults faults) {
    this.faults = faults;
    for (Setting setting : Setting.values()) {
      String variable = environment.get(setting.variable());
      if (variable != null) {
        values.put(setting, split(setting, variable));
      }
    }
    values.putAll(commandLine);
    text(Setting.CONFIG).ifPresent(this::readFile);
  }

  Optional<String> text(Setting setting) {
    return texts(setting).stream().reduce((first, last) -> last);
  }

  List<String> texts(Setting setting) {
    return values.getOrDefault(setting, List.of());
  }

  Optional<Integer> number(Setting setting, int min, int max) {
    return parsed(
        setting,
        min + " to " + max,
        text -> {
          if (text.matches("[0-9]{1,10}")) {
            long number = Long.parseLong(text);
            return number >= min && number <= max ? Optional.of((int) number) : Optional.empty();
          }
          return Optional.empty();
        });
  }

  Optional<Boolean> flag(Setting setting) {
    return parsed(
        setting,
        "true or false",
        text -> text.matches("true|false") ? Optional.of(Boolean.valueOf(text)) : Optional.empty());
  }

  /** The constant of this name, in lower case with dashes. */
  <E extends Enum<E>> Optional<E> choice(Setting setting, Class<E> type) {
    Map<String, E> names = new LinkedHashMap<>();
    for (E constant : type.getEnumConstants()) {
      names.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
    }
    return parsed(
        setting,
        "one of " + String.join(", ", names.keySet()),
        text -> Optional.ofNullable(names.get(text.strip().toLowerCase(Locale.ROOT))));
  }

  /** The parts between commas, at least one; none of them empty. */
  Optional<List<String>> list(Setting setting) {
    return parsed(
        setting,
        "values between commas",
        text -> {
          List<String> parts = Stream.of(text.split(",", -1)).map(String::strip).toList();
          return parts.contains("") ? Optional.empty() : Optional.of(parts);
        });
  }

  /** Positive, such as {@code 25s} or {@code 500ms}. */
  Optional<Duration> duration(Setting setting) {
    return parsed(
        setting, "such as 25s or 500ms, more than 0, at most 24h", Settings::parseDuration);
  }

  /** A value that some parser understands, or a fault. */
  <T> Optional<T> parsed(Setting setting, String expected, Function<String, Optional<T>> parser) {
    Optional<String> text = text(setting);
    Optional<T> value = text.flatMap(parser);
    if (text.isPresent() && value.isEmpty()) {
      faults.add(setting, text.get(), expected);
    }
    return value;
  }

  /** A file or directory that exists, or a fault. */
  Optional<Path> existing(Setting setting, String text) {
    try {
      Path path = Path.of(text);
      if (!text.isEmpty() && Files.exists(path)) {
        return Optional.of(path);
      }
    } catch (InvalidPathException e) {
      // The fault is the same.
    }
    faults.add(setting, text, "a file or directory that exists");
    return Optional.empty();
  }

  private static Optional<Duration> parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(matcher.group(1));
    Duration duration =
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          default -> Duration.ofHours(count);
        };
    boolean fits = !duration.isZero() && duration.compareTo(Duration.ofDays(1)) <= 0;
    return fits ? Optional.of(duration) : Optional.empty();
  }

  private void readFile(String file) {
    Optional<Path> path = existing(Setting.CONFIG, file);
    if (path.isEmpty()) {
      return;
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(path.get())) {
      properties.load(reader);
    } catch (NoSuchFileException e) {
      faults.add(Setting.CONFIG, file, "a file that exists");
    } catch (IOException | IllegalArgumentException e) {
      faults.add(Setting.CONFIG, file, "a readable properties file in UTF-8");
    }
    for (String key : properties.stringPropertyNames().stream().sorted().toList()) {
      Optional<Setting> setting = Setting.ofKey(key);
      if (setting.isEmpty()) {
        faults.addUnknown(key, Stream.of(Setting.values()).map(Setting::key));
      } else {
        values.putIfAbsent(setting.get(), split(setting.get(), properties.getProperty(key)));
      }
    }
  }

  private static List<String> split(Setting setting, String value) {
    return setting.repeatable() ? List.of(value.split(",", -1)) : List.of(value);
  }
}
