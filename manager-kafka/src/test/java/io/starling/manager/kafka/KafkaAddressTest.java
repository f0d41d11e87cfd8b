package io.starling.manager.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.BrokerAddress;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class KafkaAddressTest {
  @Test
  void whoeverStopsToWaitFirstThereWasNoAnswerInTime() {
    BrokerAddress address = KafkaAddress.of("127.0.0.1:9092", "starling");

    assertThat(address.unavailable(Outcome.NOT_SENT, new TimeoutException()))
        .hasMessage(
            "kafka://127.0.0.1:9092/starling: no answer in time"
                + " (expected: a Kafka broker that answers)");
  }
}
