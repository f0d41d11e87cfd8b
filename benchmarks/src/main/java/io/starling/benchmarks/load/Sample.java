package io.starling.benchmarks.load;

/**
 * What one stretch of a load measured.
 *
 * @param operations deliveries and acks, or connections
 * @param published broadcasts and requests
 */
public record Sample(
    Usage usage, long operations, long published, double p50Micros, double p99Micros) {
  /** User and system time of all hosts for one operation. */
  public double cpuMicrosPerOperation() {
    return usage.totalCpuMicros() / Math.max(1, operations);
  }

  /** Operations in a second of time; others use the machine too. */
  public double operationsPerSecond() {
    return operations / usage.seconds();
  }
}
