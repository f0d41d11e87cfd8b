package io.starling.manager.kafka;

import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Where the brokers are and which topic is used; without credentials, fit for a log.
 *
 * @param bootstrap host:port, separated by commas
 */
record KafkaAddress(String bootstrap, String topic) {
  /** What a user reads when the brokers cannot be used: one line. */
  BackendUnavailableException unavailable(Outcome outcome, @Nullable Throwable cause) {
    return new BackendUnavailableException(
        this + ": " + reason(cause) + " (expected: a Kafka broker that answers)", outcome, cause);
  }

  private static String reason(@Nullable Throwable error) {
    if (error == null) {
      return "connection lost";
    }
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    if (root instanceof org.apache.kafka.common.errors.TimeoutException
        || root instanceof TimeoutException) {
      return "no answer in time";
    }
    return String.valueOf(root.getMessage())
        .lines()
        .findFirst()
        .orElse(root.getClass().getSimpleName());
  }

  @Override
  public String toString() {
    return "kafka://" + bootstrap + "/" + topic;
  }
}
