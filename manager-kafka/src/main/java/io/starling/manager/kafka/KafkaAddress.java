package io.starling.manager.kafka;

import io.starling.manager.pubsub.BrokerAddress;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Describes the address of the brokers, and explains the errors of Kafka's clients in a few words.
 */
final class KafkaAddress {
  private KafkaAddress() {}

  /**
   * Creates the address for logs and errors, without credentials.
   *
   * @param brokers the scheme, {@code ://}, and the brokers as {@code host:port}, separated by
   *     commas
   */
  static BrokerAddress of(String brokers, String topic) {
    return new BrokerAddress(
        brokers + "/" + topic, "a Kafka broker that answers", KafkaAddress::explain);
  }

  /**
   * Replaces the message of a time-out, which names an internal call of the client. A message about
   * a topic is kept, because it helps the user.
   */
  private static @Nullable String explain(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = String.valueOf(root.getMessage());
    if (!(root instanceof TimeoutException) || message.contains("opic ")) {
      return null;
    }
    // The producer says this for each frame that the leader has not confirmed in time.
    return message.startsWith("Expiring ")
        ? "a frame was not confirmed in time: perhaps its partition has no leader, or fewer in-sync"
            + " replicas than min.insync.replicas"
        : "no answer in time";
  }
}
