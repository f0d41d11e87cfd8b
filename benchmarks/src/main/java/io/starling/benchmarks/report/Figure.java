package io.starling.benchmarks.report;

import io.starling.benchmarks.load.Sample;
import java.util.List;
import java.util.Locale;

/** What is told of a sample. */
public enum Figure {
  /** User and system time of all hosts for a delivery or an ack. */
  CPU("CPU µs", 2),
  /** The same for a connection. */
  CONNECT("CPU µs per connect", 0),
  /** Resident memory that connections added. */
  MEMORY("KiB per connection", 1),
  /** Broadcasts or requests in a second. */
  RATE("messages/s", 0),
  /** Half of the operations took no longer. */
  P50("p50 ms", 2),
  /** One operation in a hundred took longer. */
  P99("p99 ms", 2),
  /** User and system time, for a message, of a host from the third on, which has no member. */
  BYSTANDER("CPU µs of a host without members, per message", 2);

  private final String title;
  private final int decimals;

  Figure(String title, int decimals) {
    this.title = title;
    this.decimals = decimals;
  }

  /** With its unit. */
  public String title() {
    return title;
  }

  /** Of one sample. */
  public double of(Sample sample) {
    return switch (this) {
      case CPU, CONNECT -> sample.cpuMicrosPerOperation();
      case MEMORY -> sample.usage().totalGrownKiB() / sample.operations();
      case RATE -> sample.published() / sample.usage().seconds();
      case P50 -> sample.p50Micros() / 1e3;
      case P99 -> sample.p99Micros() / 1e3;
      case BYSTANDER -> bystander(sample);
    };
  }

  String text(double figure) {
    return String.format(Locale.ROOT, "%,." + decimals + "f", figure);
  }

  private static double bystander(Sample sample) {
    List<Double> micros = sample.usage().cpuMicros();
    double mean =
        micros.stream().skip(2).mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    return mean / Math.max(1, sample.published());
  }
}
