package io.starling.integration.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class NumberedStreamsTest {
  private final NumberedStreams streams = new NumberedStreams("c", Map.of("a", 4));

  @Test
  void findsNoFaultInACompleteStream() {
    hear(0, 1, 2, 3);
    assertThat(streams.enough()).isTrue();
    assertThat(streams.faults()).isEmpty();
  }

  @Test
  void tellsWhatIsMissing() {
    hear(0, 3);
    assertThat(streams.enough()).isFalse();
    assertThat(streams.faults()).containsExactly("c, from a: 2 missing, first 1");
  }

  @Test
  void tellsWhatCameTwice() {
    hear(0, 1, 2, 2, 3);
    assertThat(streams.faults()).containsExactly("c, from a: 1 twice, first 2");
  }

  @Test
  void tellsWhatCameOutOfOrder() {
    hear(0, 2, 1, 3);
    assertThat(streams.faults()).containsExactly("c, from a: 1 out of order, first 1");
  }

  @Test
  void tellsAnOriginThatNobodyExpects() {
    hear(0, 1, 2, 3);
    streams.heard("b", 0);
    assertThat(streams.faults()).containsExactly("c: unknown origin b");
  }

  private void hear(int... numbers) {
    for (int number : numbers) {
      streams.heard("a", number);
    }
  }
}
