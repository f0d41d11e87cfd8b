package io.starling.benchmarks.suite;

import io.starling.benchmarks.load.Workload;
import java.time.Duration;
import java.time.Instant;

/**
 * How much is done and how long it takes.
 *
 * @param repetitions of each workload and system; half of it for curves and for fresh servers
 * @param sample how long one is measured
 * @param warmUp of a system before its first workload; a fifth of it before each further one
 * @param maxClients that a workload may have
 * @param deadline after which nothing new is measured
 */
record Pace(int repetitions, Duration sample, Duration warmUp, int maxClients, Instant deadline) {
  private static final int FURTHER = 5;
  private static final int SETTLING = 5;

  int repetitions(Trial trial) {
    boolean half = trial.column().point() || trial.fresh();
    return half ? (repetitions + 1) / 2 : repetitions;
  }

  Duration furtherWarmUp() {
    return warmUp.dividedBy(FURTHER);
  }

  /** For what newly connected clients send before they are measured. */
  Duration settling() {
    return sample.dividedBy(SETTLING);
  }

  Workload fitted(Workload workload) {
    return workload.atMost(maxClients);
  }

  boolean over() {
    return Instant.now().isAfter(deadline);
  }
}
