package io.starling.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** The delays between attempts to reconnect. */
final class Backoff {
  private final ClientOptions options;
  private final DoubleSupplier random;

  /**
   * Delays as the options say.
   *
   * @param random returns numbers from 0 to 1
   */
  Backoff(ClientOptions options, DoubleSupplier random) {
    this.options = options;
    this.random = random;
  }

  /** The delay before an attempt, which is counted from 1. */
  Duration before(int attempt) {
    double max = options.reconnectionDelayMax.toNanos();
    double grown =
        options.reconnectionDelay.toNanos() * Math.pow(options.reconnectionFactor, attempt - 1.0);
    double jitter = 1 + options.randomizationFactor * (2 * random.getAsDouble() - 1);
    return Duration.ofNanos((long) Math.min(max, Math.min(max, grown) * jitter));
  }
}
