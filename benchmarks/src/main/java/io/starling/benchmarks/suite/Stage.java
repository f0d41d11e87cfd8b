package io.starling.benchmarks.suite;

import java.util.List;

/**
 * Workloads that the same contestants go through in turn.
 *
 * @param hosts of each contestant
 */
record Stage(int hosts, List<Contestant> contestants, List<Trial> trials) {
  /** Whether each sample takes a server that nobody connected to before. */
  boolean fresh() {
    return trials.get(0).fresh();
  }
}
