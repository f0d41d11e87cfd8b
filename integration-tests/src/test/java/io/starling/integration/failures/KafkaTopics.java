package io.starling.integration.failures;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/** What an operator's tool does to the topics of a Kafka broker. */
final class KafkaTopics {
  private KafkaTopics() {}

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
