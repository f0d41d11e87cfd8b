package io.starling.manager.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.BrokerAddress;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class KafkaAddressTest {
  @Test
  void whoeverStopsToWaitFirstThereWasNoAnswerInTime() {
    BrokerAddress address = KafkaAddress.of("kafkas://127.0.0.1:9092", "starling");

    assertThat(address.unavailable(Outcome.NOT_SENT, new TimeoutException()))
        .hasMessage(
            "kafkas://127.0.0.1:9092/starling: no answer in time"
                + " (expected: a Kafka broker that answers)");
  }

  @Test
  void aFrameThatNoLeaderConfirmedIsToldAsSuch() {
    var expired =
        new org.apache.kafka.common.errors.TimeoutException(
            "Expiring 2 record(s) for app-0:5001 ms has passed since batch creation.");

    assertThat(
            KafkaAddress.of("kafka://h:9092", "app")
                .unavailable(Outcome.UNKNOWN, expired)
                .getMessage())
        .contains("a frame was not confirmed in time: perhaps", "min.insync.replicas");
  }
}
