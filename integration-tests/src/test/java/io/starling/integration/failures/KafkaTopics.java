package io.starling.integration.failures;

import static java.util.Objects.requireNonNull;

import io.starling.integration.broker.KafkaCluster;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** What an operator's tool does to the topics and rights of a Kafka broker. */
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
    with(url, admin -> admin.deleteTopics(List.of(topic)).all());
  }

  /** Lets a user do everything with all topics. */
  static void permit(String url, String user) {
    AclBinding right =
        new AclBinding(
            new ResourcePattern(ResourceType.TOPIC, "*", PatternType.LITERAL),
            new AccessControlEntry("User:" + user, "*", AclOperation.ALL, AclPermissionType.ALLOW));
    with(url, admin -> admin.createAcls(List.of(right)).all());
  }

  /** Withdraws every right that somebody was given. */
  static void withdraw(String url) {
    with(url, admin -> admin.deleteAcls(List.of(AclBindingFilter.ANY)).all());
  }

  private static void with(String url, Function<Admin, KafkaFuture<?>> action) {
    String bootstrap = url.replaceFirst("^kafka://", "");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      action.apply(admin).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("refused by " + url, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
