package io.starling.benchmarks.load;

import static io.starling.benchmarks.load.DeliveryCheck.Verdict.DUPLICATE;
import static io.starling.benchmarks.load.DeliveryCheck.Verdict.REORDERED;
import static io.starling.benchmarks.load.DeliveryCheck.Verdict.RIGHT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DeliveryCheckTest {
  private final DeliveryCheck check = new DeliveryCheck();

  private Object[] verdicts(long... numbers) {
    return LongStream.of(numbers).mapToObj(check::accept).toArray();
  }

  @Test
  void everyNumberInOrderIsRight() {
    assertThat(verdicts(1, 2, 3)).containsExactly(RIGHT, RIGHT, RIGHT);
    assertThat(check.missing(3)).isZero();
  }

  @Test
  void aSkippedNumberIsMissing() {
    verdicts(1, 4);
    assertThat(check.missing(4)).isEqualTo(2);
  }

  @Test
  void theLastNumbersAreMissingToo() {
    verdicts(1, 2);
    assertThat(check.missing(5)).isEqualTo(3);
  }

  @Test
  void aNumberBehindALaterOneIsReorderedAndNotMissing() {
    assertThat(verdicts(1, 3, 2)).containsExactly(RIGHT, RIGHT, REORDERED);
    assertThat(check.missing(3)).isZero();
  }

  @Test
  void aNumberThatComesAgainIsADuplicate() {
    assertThat(verdicts(1, 3, 2, 2, 3)).endsWith(REORDERED, DUPLICATE, DUPLICATE);
  }
}
