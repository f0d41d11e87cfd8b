package io.starling.benchmarks.load;

import java.util.Arrays;

/**
 * A histogram of durations. Each power of two is divided into 64 steps, so that a result is exact
 * to 2%.
 */
final class Latencies {
  private static final int STEP_BITS = 6;
  private static final int STEPS = 1 << STEP_BITS;

  private final long[] counts = new long[STEPS * (Long.SIZE - STEP_BITS)];
  private long total;
  private long maxNanos;

  void add(long nanos) {
    long counted = Math.max(0, nanos);
    counts[index(counted)]++;
    total++;
    maxNanos = Math.max(maxNanos, counted);
  }

  /**
   * The duration in microseconds that the given part of all durations does not exceed; 0 when there
   * are no durations.
   *
   * @param part from 0 to 1, such as 0.99
   */
  double micros(double part) {
    long wanted = (long) Math.ceil(part * total);
    long seen = 0;
    for (int i = 0; i < counts.length && total > 0; i++) {
      seen += counts[i];
      if (seen >= wanted && seen > 0) {
        return Math.min(upperNanos(i), maxNanos) / 1e3;
      }
    }
    return 0;
  }

  void clear() {
    Arrays.fill(counts, 0);
    total = 0;
    maxNanos = 0;
  }

  private static int index(long nanos) {
    int shift = Math.max(0, Long.SIZE - STEP_BITS - 1 - Long.numberOfLeadingZeros(nanos));
    return shift * STEPS + (int) (nanos >>> shift);
  }

  /** The largest duration that is counted at an index. */
  private static long upperNanos(int index) {
    int shift = Math.max(0, index / STEPS - 1);
    return ((index - shift * STEPS + 1L) << shift) - 1;
  }
}
