package io.starling.manager.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.BackendUnavailableException.Outcome;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class KafkaAddressTest {
  @Test
  void whoeverStopsToWaitFirstThereWasNoAnswerInTime() {
    KafkaAddress address = new KafkaAddress("127.0.0.1:9092", "starling");

    assertThat(address.unavailable(Outcome.NOT_SENT, new TimeoutException()))
        .hasMessage(
            "kafka://127.0.0.1:9092/starling: no answer in time"
                + " (expected: a Kafka broker that answers)");
  }
}
