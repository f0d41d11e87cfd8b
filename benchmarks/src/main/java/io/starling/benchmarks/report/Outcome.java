package io.starling.benchmarks.report;

import io.starling.benchmarks.load.Fault;
import io.starling.benchmarks.load.Sample;
import java.util.List;
import java.util.Map;

/**
 * What one system did under one workload.
 *
 * @param column the place of the workload in the report
 * @param system the name of the system
 * @param samples one sample for each repetition, in order
 * @param faults the faults of all repetitions together; empty when every delivery was right
 */
public record Outcome(Column column, String system, List<Sample> samples, Map<Fault, Long> faults) {
  /** The median of the repetitions. */
  public double median(Figure figure) {
    double[] sorted = sorted(figure);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The smallest and the largest value of the repetitions. */
  double[] range(Figure figure) {
    double[] sorted = sorted(figure);
    return new double[] {sorted[0], sorted[sorted.length - 1]};
  }

  private double[] sorted(Figure figure) {
    return samples.stream().mapToDouble(figure::of).sorted().toArray();
  }
}
