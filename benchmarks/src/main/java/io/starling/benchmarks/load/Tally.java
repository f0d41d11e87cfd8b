package io.starling.benchmarks.load;

import java.util.EnumMap;
import java.util.Map;

/** What a load counts. */
final class Tally {
  private final Map<Fault, Long> faults = new EnumMap<>(Fault.class);
  private final Latencies latencies = new Latencies();
  private long operations;
  private long published;
  private String lost = "no connection lost";

  /** An operation is an ack or a delivery. */
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

  /** Remembers why a connection ended. */
  void lost(String why) {
    lost = why;
  }

  long operationCount() {
    return operations;
  }

  long publishedCount() {
    return published;
  }

  /** Of the operations since they were cleared. */
  Latencies latencies() {
    return latencies;
  }

  /** Those that happened. */
  Map<Fault, Long> faults() {
    return Map.copyOf(faults);
  }

  @Override
  public String toString() {
    return faults + ", " + lost;
  }
}
