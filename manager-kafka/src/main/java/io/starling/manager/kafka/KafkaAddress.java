package io.starling.manager.kafka;

import io.starling.manager.pubsub.BrokerAddress;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How errors of Kafka's clients are told. */
final class KafkaAddress {
  private KafkaAddress() {}

  /**
   * Where the brokers are and which topic is used; without credentials.
   *
   * @param bootstrap host:port, separated by commas
   */
  static BrokerAddress of(String bootstrap, String topic) {
    return new BrokerAddress(
        "kafka://" + bootstrap + "/" + topic, "a Kafka broker that answers", KafkaAddress::explain);
  }

  /** Time-outs name the client's own calls, unless they are about a topic. */
  private static @Nullable String explain(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root instanceof TimeoutException && !String.valueOf(root.getMessage()).contains("opic ")
        ? "no answer in time"
        : null;
  }
}
