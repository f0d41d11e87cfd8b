package io.starling.socketio.settings;

import io.starling.engineio.TransportKind;
import io.starling.socketio.transport.CompressionThreshold;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How the text of a setting becomes a value.
 *
 * @param label a placeholder for the value in the help, such as {@code PORT}
 * @param expected which texts are allowed, for the fault line
 * @param parser converts the text; throws {@link IllegalArgumentException} if the text is not
 *     allowed
 */
record SettingType<T>(String label, String expected, Function<String, T> parser) {
  static final SettingType<Boolean> FLAG =
      matching("true|false", "true or false", "true|false").to(Boolean::valueOf);

  static final SettingType<Long> BYTES =
      matching("BYTES", "more than 0", "[0-9]{1,18}").to(Long::valueOf).only(bytes -> bytes > 0);

  /** A number of bytes that fits into an {@code int}. */
  static final SettingType<Integer> SIZE = number("BYTES", 1, Integer.MAX_VALUE);

  static final SettingType<Duration> DURATION =
      matching("DURATION", "such as 25s or 500ms, more than 0, at most 24h", "[0-9]{1,9}(ms|[smh])")
          .to(SettingType::parseDuration)
          .only(time -> !time.isZero() && time.compareTo(Duration.ofDays(1)) <= 0);

  static final SettingType<Path> FILE = existing("FILE");

  /** A size in bytes, or {@code off}. */
  static final SettingType<CompressionThreshold> THRESHOLD =
      number("BYTES|off", 0, Integer.MAX_VALUE - 1)
          .to(CompressionThreshold::new)
          .or("off", CompressionThreshold.OFF);

  static final SettingType<Set<TransportKind>> TRANSPORTS =
      list("NAME,...", "polling, websocket or both").to(SettingType::parseTransports);

  /** A text that matches a regular expression as a whole. */
  static SettingType<String> matching(String label, String expected, String pattern) {
    return new SettingType<>(label, expected, Function.<String>identity())
        .only(text -> text.matches(pattern));
  }

  /** Any text that is not empty. */
  static SettingType<String> text(String label) {
    return matching(label, "a value", "(?s).+");
  }

  static SettingType<Integer> number(String label, int min, int max) {
    return matching(label, min + " to " + max, "[0-9]{1,10}")
        .to(Long::valueOf)
        .only(number -> number >= min && number <= max)
        .to(Long::intValue);
  }

  static SettingType<Integer> count(int min) {
    return number("COUNT", min, Integer.MAX_VALUE);
  }

  /** The path of a file or directory that exists. */
  static SettingType<Path> existing(String label) {
    return matching(label, "a file or directory that exists", "(?s).+")
        .to(Path::of)
        .only(Files::exists);
  }

  /** The texts between commas; none of them may be empty. */
  static SettingType<List<String>> list(String label, String expected) {
    return matching(label, expected, "(?s).*")
        .to(text -> Stream.of(text.split(",", -1)).map(String::strip).toList())
        .only(parts -> !parts.contains(""));
  }

  /** The constant of an enum. Its text is the name in lower case, with dashes. */
  static <E extends Enum<E>> SettingType<E> choice(Class<E> type) {
    String names =
        Stream.of(type.getEnumConstants())
            .map(constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'))
            .collect(Collectors.joining(", "));
    return matching("NAME", "one of " + names, "[^_]*")
        .to(text -> text.strip().toUpperCase(Locale.ROOT).replace('-', '_'))
        .to(name -> Enum.valueOf(type, name));
  }

  /** This type, with one more conversion at the end. */
  <R> SettingType<R> to(Function<? super T, ? extends R> conversion) {
    return new SettingType<>(label, expected, text -> conversion.apply(parser.apply(text)));
  }

  /** This type, without the values that fail a test. */
  SettingType<T> only(Predicate<? super T> allowed) {
    return to(
        value -> {
          if (!allowed.test(value)) {
            throw new IllegalArgumentException(expected);
          }
          return value;
        });
  }

  private SettingType<T> or(String word, T value) {
    return new SettingType<>(
        label, expected, text -> text.equals(word) ? value : parser.apply(text));
  }

  private static Set<TransportKind> parseTransports(List<String> names) {
    return names.stream()
        .map(name -> TransportKind.of(name).orElseThrow(IllegalArgumentException::new))
        .collect(Collectors.toSet());
  }

  private static Duration parseDuration(String text) {
    long count = Long.parseLong(text.replaceAll("[a-z]", ""));
    return switch (text.replaceAll("[0-9]", "")) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      default -> Duration.ofHours(count);
    };
  }
}
