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

  private final Consumer<String> warn;
  private final LongSupplier nanoTime;

  /** The time of the last line for each origin and setting. Guarded by this. */
  private final Map<Key, Long> told = new HashMap<>();

  // The last line about too many origins, if there was one. Guarded by this.
  private boolean overflowTold;
  private long overflowNanos;

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
    Long last = told.get(key);
    if (last != null && now - last < PERIOD_NANOS) {
      return null;
    }
    if (last == null && told.size() >= MAX_ORIGINS) {
      told.values().removeIf(time -> now - time >= PERIOD_NANOS);
    }
    if (last != null || told.size() < MAX_ORIGINS) {
      told.put(key, now);
      return "clients of origin "
          + key.origin()
          + " are refused by "
          + key.setting()
          + " (told once a minute)";
    } else if (!overflowTold || now - overflowNanos >= PERIOD_NANOS) {
      overflowTold = true;
      overflowNanos = now;
      return "clients of more than "
          + MAX_ORIGINS
          + " origins are refused within a minute, now by "
          + key.setting()
          + "; further origins are not named";
    }
    return null;
  }

  /** The origin for the log: shortened, and without characters that could forge a log line. */
  private static String shown(String origin) {
    String start = origin.substring(0, Math.min(origin.length(), MAX_SHOWN_CHARS));
    return start.replaceAll("[^!-~]", "?") + (start.length() < origin.length() ? "..." : "");
  }
}
