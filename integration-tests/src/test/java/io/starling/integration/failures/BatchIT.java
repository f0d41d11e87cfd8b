package io.starling.integration.failures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two runs of {@code integration-tests/batch} on Redis, with fewer lines. */
@Execution(ExecutionMode.CONCURRENT)
class BatchIT {
  @ParameterizedTest
  @ValueSource(strings = {"job", "broker"})
  @Timeout(120)
  void aBatchKeepsItsPromises(String run) throws Exception {
    String[] options = "--lines 20000 --rate 5000 --kills 2 --clients 4 --wait 10s".split(" ", -1);
    BatchRuns runs = new BatchRuns(options);

    assertThat(runs.run(BackEnd.REDIS, run)).isNotEmpty();
  }
}
