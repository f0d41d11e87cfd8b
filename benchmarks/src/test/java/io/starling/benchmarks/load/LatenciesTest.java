package io.starling.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  private final Latencies latencies = new Latencies();

  @Test
  void percentilesAreRightToTwoPercent() {
    for (int micros = 1; micros <= 10_000; micros++) {
      latencies.add(micros * 1_000L);
    }
    assertThat(latencies.micros(0.5)).isCloseTo(5_000, Percentage.withPercentage(2));
    assertThat(latencies.micros(0.99)).isCloseTo(9_900, Percentage.withPercentage(2));
  }

  @Test
  void theWholeIsTheLongestOfAll() {
    latencies.add(63);
    latencies.add(64);
    latencies.add(1_234_567_890_123L);
    assertThat(latencies.micros(1)).isCloseTo(1_234_567_890.123, within(0.001));
  }

  @Test
  void nothingTakesNoTime() {
    latencies.add(5);
    latencies.clear();
    assertThat(latencies.micros(0.5)).isZero();
  }
}
