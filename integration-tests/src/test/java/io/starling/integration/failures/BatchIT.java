package io.starling.integration.failures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The runs of {@code integration-tests/batch} on Redis, with fewer lines. */
class BatchIT {
  @ParameterizedTest
  @ValueSource(strings = {"whole", "killed", "job", "broker", "away"})
  @Timeout(120)
  void aBatchKeepsItsPromises(String run) throws Exception {
    BatchRuns runs = new BatchRuns("--lines", "60000", "--kills", "2", "--clients", "4");

    assertThat(runs.run(BackEnd.REDIS, run)).isNotEmpty();
  }
}
