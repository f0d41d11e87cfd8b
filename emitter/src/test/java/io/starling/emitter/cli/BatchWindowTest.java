package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.emitter.cli.BatchInput.Position;
import io.starling.emitter.cli.BatchWindow.Place;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchWindowTest {
  private long nanos = Long.MAX_VALUE - 1;
  private final BatchWindow window =
      new BatchWindow(new Place(new Position(0, 0, 0), 0), false, () -> nanos);

  @BeforeEach
  void sendALineThatIsNotConfirmed() throws InterruptedException {
    window.awaitTurn(1);
    window.sent(new Place(new Position(1, 1, 1), 1), new CompletableFuture<>());
  }

  private Duration silenceAfter(Duration time) {
    nanos += time.toNanos();
    return window.silence();
  }

  @Test
  void theSilenceOfTheBrokerGrows() {
    silenceAfter(Duration.ofSeconds(2));
    assertThat(silenceAfter(Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(4));
    assertThat(silenceAfter(Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(6));
  }

  @Test
  void aProcessThatWasStoppedDoesNotTakeThatForSilence() {
    silenceAfter(Duration.ofSeconds(2));
    assertThat(silenceAfter(Duration.ofHours(1))).isZero();
    assertThat(silenceAfter(Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(2));
  }
}
