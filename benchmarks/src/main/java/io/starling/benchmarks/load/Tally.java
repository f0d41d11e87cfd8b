package io.starling.benchmarks.load;

import java.util.EnumMap;
import java.util.Map;

/** Counts the operations and faults of one load. */
final class Tally {
  private final Map<Fault, Long> faults = new EnumMap<>(Fault.class);
  private final Latencies latencies = new Latencies();
  private long operations;
  private long published;
  private String lost = "no connection lost";

  /** Counts an operation, which is an ack or a delivery, and its latency. */
  void operation(long nanos) {
    operations++;
    latencies.add(nanos);
  }

  void published() {
    published++;
  }

  void fault(Fault fault) {
    fault(fault, 1);
  }

  void fault(Fault fault, long count) {
    faults.merge(fault, count, Long::sum);
  }

  /** Remembers why a connection ended; the last reason is kept. */
  void lost(String why) {
    lost = why;
  }

  long operationCount() {
    return operations;
  }

  long publishedCount() {
    return published;
  }

  /** The latencies of all operations since the last {@link Latencies#clear}. */
  Latencies latencies() {
    return latencies;
  }

  /** The faults that happened, and how often. */
  Map<Fault, Long> faults() {
    return Map.copyOf(faults);
  }

  @Override
  public String toString() {
    return faults + ", " + lost;
  }
}
