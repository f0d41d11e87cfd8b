package io.starling.manager.kafka;

import static java.util.Objects.requireNonNull;

import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * The topic of a prefix: found, or made.
 *
 * @param create whether a missing one is made
 * @param replication −1 for the brokers' own setting
 * @param retention how long records are kept
 */
record KafkaTopic(
    String name, boolean create, int partitions, int replication, Duration retention) {
  /** The longest frame of the bus and what a record adds. */
  private static final int MIN_MESSAGE_BYTES = 1_041_000;

  /**
   * Looks for the topic, and asks for one that is missing; blocks for 5 s at most.
   *
   * @return how many partitions it has, or 0 when it is on its way
   */
  int find(Admin admin, KafkaAddress address)
      throws ExecutionException, TimeoutException, InterruptedException {
    try {
      TopicDescription found =
          requireNonNull(answer(admin.describeTopics(List.of(name)).allTopicNames()).get(name));
      if (found.partitions().stream().anyMatch(each -> each.leader() == null)) {
        return 0;
      }
      checkLimit(admin);
      return found.partitions().size();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
        throw e;
      }
      make(admin, address);
      return 0;
    }
  }

  private static <T> T answer(KafkaFuture<T> future)
      throws ExecutionException, TimeoutException, InterruptedException {
    return future.get(KafkaClients.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void make(Admin admin, KafkaAddress address)
      throws ExecutionException, TimeoutException, InterruptedException {
    if (!create) {
      throw missing(address, "no such topic", null);
    }
    NewTopic topic =
        new NewTopic(
                name,
                Optional.of(partitions),
                replication < 0 ? Optional.empty() : Optional.of((short) replication))
            .configs(
                Map.of(
                    TopicConfig.RETENTION_MS_CONFIG,
                    Long.toString(retention.toMillis()),
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    TopicConfig.CLEANUP_POLICY_DELETE));
    try {
      answer(admin.createTopics(List.of(topic)).all());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        throw missing(address, "no such topic, and no permission to create it", e.getCause());
      }
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  private BackendUnavailableException missing(
      KafkaAddress address, String what, @Nullable Throwable cause) {
    return new BackendUnavailableException(
        address + ": " + what + " (expected: one, as made by: " + command(address) + ")",
        Outcome.NOT_SENT,
        cause);
  }

  /** What an operator types to make the topic. */
  String command(KafkaAddress address) {
    return "kafka-topics.sh --bootstrap-server "
        + address.bootstrap()
        + " --create --topic "
        + name
        + " --partitions "
        + partitions
        + (replication < 0 ? "" : " --replication-factor " + replication)
        + " --config retention.ms="
        + retention.toMillis();
  }

  /** A topic that was made by somebody else may take too little; who may not look is trusted. */
  private void checkLimit(Admin admin)
      throws ExecutionException, TimeoutException, InterruptedException {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
    try {
      Config config = answer(admin.describeConfigs(List.of(topic)).all()).get(topic);
      ConfigEntry limit = config == null ? null : config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
      if (limit != null && Long.parseLong(limit.value()) < MIN_MESSAGE_BYTES) {
        throw new IllegalArgumentException(
            "max.message.bytes of topic "
                + name
                + ": "
                + limit.value()
                + " (expected: at least "
                + MIN_MESSAGE_BYTES
                + ")");
      }
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof AuthorizationException)) {
        throw e;
      }
    }
  }
}
