package io.starling.manager.kafka;

import io.starling.manager.pubsub.Broker.Connection;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/**
 * Asks the brokers whether they and the topic are there.
 *
 * @param topicId the identity of the topic when the connection was opened
 * @param interval the time between two questions
 */
record KafkaProbe(Admin admin, KafkaTopic topic, Uuid topicId, Duration interval) {
  /** How long the brokers may take to answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  /** A connection that is checked by a probe. */
  interface Probed extends Connection {
    KafkaProbe probe();

    @Override
    default CompletionStage<?> check() {
      return probe().topic.check(probe().admin, probe().topicId);
    }

    @Override
    default void close() {
      probe().admin.close(Duration.ZERO);
    }

    @Override
    default Duration checkInterval() {
      return probe().interval;
    }

    @Override
    default Duration patience() {
      return PATIENCE;
    }
  }
}
