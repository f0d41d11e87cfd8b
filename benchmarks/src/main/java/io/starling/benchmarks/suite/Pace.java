package io.starling.benchmarks.suite;

import io.starling.benchmarks.load.Workload;
import java.time.Duration;
import java.time.Instant;

/**
 * How often and how long a run measures.
 *
 * @param repetitions how many samples are taken of each workload and system; half as many for
 *     curves and for samples that need a new server
 * @param sample how long one sample takes
 * @param warmUp how long a system is warmed up before its first workload; it is a fifth of that
 *     before each further workload
 * @param maxClients how many clients a workload may have
 * @param deadline the time after which no new sample is begun
 */
record Pace(int repetitions, Duration sample, Duration warmUp, int maxClients, Instant deadline) {
  private static final int FURTHER = 5;
  private static final int SETTLING = 5;

  int repetitions(Trial trial) {
    boolean half = trial.column().point() || trial.fresh();
    return half ? repetitionsOfAFreshProcess() : repetitions;
  }

  /** How many samples are taken when each needs a new process. */
  int repetitionsOfAFreshProcess() {
    return (repetitions + 1) / 2;
  }

  Duration furtherWarmUp() {
    return warmUp.dividedBy(FURTHER);
  }

  /** How long newly connected clients send before a sample begins. */
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
