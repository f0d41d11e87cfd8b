package io.starling.engineio;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Logs that a setting, such as the allowed origins, refuses clients. It logs one line a minute for
 * each origin and setting. So an operator sees a wrong setting, but clients cannot fill the log.
 * Thread-safe.
 */
final class RefusalLog {
  private static final long PERIOD_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int MAX_ORIGINS = 100;
  private static final int MAX_SHOWN_CHARS = 200;

  private record Key(String origin, String setting) {}

  /** Stands in {@link #told} for all origins that are not named. */
  private static final Key OTHERS = new Key("", "");

  private final Consumer<String> warn;
  private final LongSupplier nanoTime;

  /** The time of the last line for each origin and setting. Guarded by this. */
  private final Map<Key, Long> told = new HashMap<>();

  /**
   * A log that has written no line yet.
   *
   * @param warn writes a line at level WARN
   */
  RefusalLog(Consumer<String> warn, LongSupplier nanoTime) {
    this.warn = warn;
    this.nanoTime = nanoTime;
  }

  /**
   * Logs that a client was refused, unless the same was logged within the last minute.
   *
   * @param origin the {@code Origin} field as the client sent it, or null if it sent none
   * @param setting the name of the setting that refuses the client
   */
  void refused(@Nullable String origin, String setting) {
    String line =
        line(new Key(origin == null ? "none" : shown(origin), setting), nanoTime.getAsLong());
    if (line != null) {
      warn.accept(line);
    }
  }

  /** The line to log now, or null if there is none. */
  private synchronized @Nullable String line(Key key, long now) {
    told.values().removeIf(time -> now - time >= PERIOD_NANOS);
    boolean named = told.containsKey(key) || told.size() < MAX_ORIGINS;
    if (told.putIfAbsent(named ? key : OTHERS, now) != null) {
      return null;
    }
    String format =
        named
            ? "clients of origin %1$s are refused by %2$s (told once a minute)"
            : "clients of more than %3$d origins are refused within a minute, now by %2$s;"
                + " further origins are not named";
    return format.formatted(key.origin(), key.setting(), MAX_ORIGINS);
  }

  /** The origin for the log: shortened, and without characters that could forge a log line. */
  private static String shown(String origin) {
    String start = origin.substring(0, Math.min(origin.length(), MAX_SHOWN_CHARS));
    return start.replaceAll("[^!-~]", "?") + (start.length() < origin.length() ? "..." : "");
  }
}
