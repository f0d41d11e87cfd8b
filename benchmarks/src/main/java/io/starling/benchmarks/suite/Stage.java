package io.starling.benchmarks.suite;

import java.util.List;

/**
 * Trials that the same contestants go through in turn.
 *
 * @param hosts how many hosts each contestant has
 */
record Stage(int hosts, List<Contestant> contestants, List<Trial> trials) {
  /** Whether each sample needs a server to which no client has connected before. */
  boolean fresh() {
    return trials.get(0).fresh();
  }
}
