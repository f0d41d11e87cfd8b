package io.starling.manager.kafka;

import io.starling.manager.pubsub.Broker.Connection;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;

/**
 * Asks the brokers whether they and the topic are there.
 *
 * @param found the topic when the connection was opened
 * @param interval the time between two questions
 */
record KafkaProbe(Admin admin, KafkaTopic topic, TopicDescription found, Duration interval) {
  /** How long the brokers may take to answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  /** The identity of the topic when the connection was opened. */
  Uuid topicId() {
    return found.topicId();
  }

  /** How many partitions the topic had when the connection was opened. */
  int partitions() {
    return found.partitions().size();
  }

  /** A connection that is checked by a probe. */
  interface Probed extends Connection {
    KafkaProbe probe();

    @Override
    default CompletionStage<?> check() {
      return probe().topic.check(probe().admin, probe().topicId());
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
