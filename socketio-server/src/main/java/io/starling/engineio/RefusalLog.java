package io.starling.engineio;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells that clients are turned away by a setting: once a minute for each origin and setting, so
 * that neither a wrong setting stays unseen nor clients fill the log. Thread-safe.
 */
final class RefusalLog {
  private static final long PERIOD_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int MAX_ORIGINS = 100;
  private static final int MAX_SHOWN_CHARS = 200;

  private record Key(String origin, String setting) {}

  private final Consumer<String> warn;
  private final LongSupplier nanoTime;

  /** When each was last told. Guarded by this. */
  private final Map<Key, Long> told = new HashMap<>();

  private boolean overflowTold;
  private long overflowNanos;

  /** A log that writes to {@code warn}. */
  RefusalLog(Consumer<String> warn, LongSupplier nanoTime) {
    this.warn = warn;
    this.nanoTime = nanoTime;
  }

  /**
   * A client was turned away.
   *
   * @param origin as the client sent it, or null when it sent none
   * @param setting what turned it away
   */
  void refused(@Nullable String origin, String setting) {
    String line =
        line(new Key(origin == null ? "none" : shown(origin), setting), nanoTime.getAsLong());
    if (line != null) {
      warn.accept(line);
    }
  }

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

  /** Without characters that could forge a line of the log, and not at any length. */
  private static String shown(String origin) {
    String start = origin.substring(0, Math.min(origin.length(), MAX_SHOWN_CHARS));
    return start.replaceAll("[^!-~]", "?") + (start.length() < origin.length() ? "..." : "");
  }
}
