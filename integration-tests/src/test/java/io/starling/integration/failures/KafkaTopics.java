package io.starling.integration.failures;

import static java.util.Objects.requireNonNull;

import io.starling.integration.broker.KafkaCluster;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;

/** What an operator's tool does to the topics of a Kafka broker. */
final class KafkaTopics {
  private KafkaTopics() {}

  /** Returns the id of the broker that leads the first partition. */
  static int leader(KafkaCluster kafka, String topic) {
    try (Admin admin = kafka.admin()) {
      TopicDescription found =
          requireNonNull(admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic));
      return requireNonNull(found.partitions().get(0).leader()).id();
    } catch (ExecutionException e) {
      throw new IllegalStateException("no leader of " + topic, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  static void delete(String url, String topic) {
    String bootstrap = url.replaceFirst("^kafka://", "");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.deleteTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot delete " + topic, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
