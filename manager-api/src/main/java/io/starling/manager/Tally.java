package io.starling.manager;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * One counter for each constant of an enum. Counters never decrease. Safe for any thread.
 *
 * @param <C> names the counters
 */
public final class Tally<C extends Enum<C>> {
  private final Map<C, LongAdder> adders;

  /** Makes a tally in which every counter is 0. */
  public Tally(Class<C> names) {
    adders = new EnumMap<>(names);
    for (C name : names.getEnumConstants()) {
      adders.put(name, new LongAdder());
    }
  }

  /** Raises a counter by one. */
  public void increment(C name) {
    add(name, 1);
  }

  /** Raises a counter. */
  public void add(C name, long amount) {
    requireNonNull(adders.get(name)).add(amount);
  }

  /** The value of a counter. */
  public long sum(C name) {
    return requireNonNull(adders.get(name)).sum();
  }

  /** The values of all counters. */
  public Map<C, Long> sums() {
    return adders.keySet().stream().collect(Collectors.toUnmodifiableMap(name -> name, this::sum));
  }
}
