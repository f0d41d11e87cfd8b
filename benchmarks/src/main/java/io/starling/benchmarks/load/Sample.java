package io.starling.benchmarks.load;

/**
 * What was measured while one load ran for some time.
 *
 * @param usage what the hosts and the load generator used in this time
 * @param operations how many deliveries and acks there were; for an idle load, how many connections
 * @param published how many broadcasts and requests were sent
 * @param p50Micros the median latency of the operations, in microseconds
 * @param p99Micros the latency that 99% of the operations do not exceed, in microseconds
 */
public record Sample(
    Usage usage, long operations, long published, double p50Micros, double p99Micros) {
  /** The user and system time of all hosts for one operation, in microseconds. */
  public double cpuMicrosPerOperation() {
    return usage.totalCpuMicros() / Math.max(1, operations);
  }

  /**
   * How many operations there were in a second of elapsed time. The load generator uses the same
   * machine.
   */
  public double operationsPerSecond() {
    return operations / usage.seconds();
  }
}
