package io.starling.socketio.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Converts texts to values. If a text cannot be converted, a fault is added and the result is
 * empty, so that all faults are found in one pass.
 */
final class Values {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  private final Settings settings;
  private final Faults faults;

  Values(Settings settings, Faults faults) {
    this.settings = settings;
    this.faults = faults;
  }

  Faults faults() {
    return faults;
  }

  boolean given(Setting setting) {
    return text(setting).isPresent();
  }

  Optional<String> text(Setting setting) {
    return settings.text(setting);
  }

  List<String> texts(Setting setting) {
    return settings.texts(setting);
  }

  Optional<String> notEmpty(Setting setting) {
    return parsed(setting, "a value", text -> Optional.of(text).filter(value -> !value.isEmpty()));
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

  /** A number of bytes, at least 1. */
  Optional<Long> bytes(Setting setting) {
    return parsed(
        setting,
        "more than 0",
        text ->
            text.matches("[0-9]{1,18}")
                ? Optional.of(Long.valueOf(text)).filter(bytes -> bytes > 0)
                : Optional.empty());
  }

  Optional<Boolean> flag(Setting setting) {
    return parsed(
        setting,
        "true or false",
        text -> text.matches("true|false") ? Optional.of(Boolean.valueOf(text)) : Optional.empty());
  }

  /** The constant of an enum. Its text is the name in lower case, with dashes. */
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

  /** The texts between commas; none of them may be empty. */
  Optional<List<String>> list(Setting setting) {
    return parsed(
        setting,
        "values between commas",
        text -> {
          List<String> parts = Stream.of(text.split(",", -1)).map(String::strip).toList();
          return parts.contains("") ? Optional.empty() : Optional.of(parts);
        });
  }

  /** A positive duration of at most 24 hours, such as {@code 25s} or {@code 500ms}. */
  Optional<Duration> duration(Setting setting) {
    return parsed(setting, "such as 25s or 500ms, more than 0, at most 24h", Values::parseDuration);
  }

  /** The result of the parser. If the parser returns an empty result, a fault is added. */
  <T> Optional<T> parsed(Setting setting, String expected, Function<String, Optional<T>> parser) {
    Optional<String> text = text(setting);
    Optional<T> value = text.flatMap(parser);
    if (text.isPresent() && value.isEmpty()) {
      faults.add(setting, text.get(), expected);
    }
    return value;
  }

  /**
   * The path of a file or directory. If it does not exist, a fault is added and the result is
   * empty.
   */
  Optional<Path> file(Setting setting) {
    return text(setting).flatMap(text -> faults.existing(setting, text));
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
}
