package io.starling.benchmarks.load;

import java.util.HashSet;
import java.util.Set;

/**
 * Checks the deliveries of one client. They are numbered from 1; each number must come once and in
 * order.
 */
final class DeliveryCheck {
  /** The judgement on one delivery. */
  enum Verdict {
    RIGHT,
    REORDERED,
    DUPLICATE
  }

  private long last;
  private Set<Long> skipped = Set.of();

  Verdict accept(long number) {
    if (number > last) {
      if (number > last + 1) {
        skip(number);
      }
      last = number;
      return Verdict.RIGHT;
    }
    return skipped.contains(number) && skipped.remove(number)
        ? Verdict.REORDERED
        : Verdict.DUPLICATE;
  }

  private void skip(long next) {
    if (skipped.isEmpty()) {
      skipped = new HashSet<>();
    }
    for (long number = last + 1; number < next; number++) {
      skipped.add(number);
    }
  }

  /** How many of the numbers from 1 to {@code published} have not come. */
  long missing(long published) {
    return published - last + skipped.size();
  }
}
