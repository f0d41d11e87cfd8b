package io.starling.benchmarks.report;

import io.starling.benchmarks.load.Sample;
import java.util.List;
import java.util.Locale;

/** A number that the report shows for a sample. */
public enum Figure {
  /** The user and system time of all hosts for one delivery or ack. */
  CPU("CPU µs", 2),
  /** The user and system time of an emitter for one line of its input. */
  CPU_OF_A_LINE("CPU µs of a line", 2),
  /** The user and system time of all hosts for one new connection. */
  CONNECT("CPU µs per connect", 0),
  /** The resident memory that a connection added. */
  MEMORY("KiB per connection", 1),
  /** How many broadcasts or requests were sent in a second. */
  RATE("messages/s", 0),
  /** The median latency of the operations. */
  P50("p50 ms", 2),
  /** The latency that 99% of the operations do not exceed. */
  P99("p99 ms", 2),
  /**
   * The user and system time of one host for one message to a room in which this host has no
   * member. All hosts from the third on are such hosts.
   */
  BYSTANDER("CPU µs of a host without members, per message", 2);

  private final String title;
  private final int decimals;

  Figure(String title, int decimals) {
    this.title = title;
    this.decimals = decimals;
  }

  /** The title with the unit. */
  public String title() {
    return title;
  }

  /** The value of the figure for one sample. */
  public double of(Sample sample) {
    return switch (this) {
      case CPU, CPU_OF_A_LINE, CONNECT -> sample.cpuMicrosPerOperation();
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
