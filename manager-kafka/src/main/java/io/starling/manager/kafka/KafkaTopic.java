package io.starling.manager.kafka;

import static java.util.Objects.requireNonNull;

import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.BrokerAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topic of a prefix: found, or made.
 *
 * @param bootstrap where its brokers are: host:port, separated by commas
 * @param create whether a missing one is made
 * @param replication −1 for the brokers' own setting
 * @param retention how long records are kept
 */
record KafkaTopic(
    String bootstrap,
    String name,
    boolean create,
    int partitions,
    int replication,
    Duration retention) {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaTopic.class);

  /** The longest frame of the bus and what a record adds. */
  private static final int MIN_MESSAGE_BYTES = 1_041_000;

  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  /**
   * A topic that is there.
   *
   * @param id another one when the topic was deleted and made again
   */
  record Found(Uuid id, int partitions) {}

  /** An attempt to use the topic. */
  @FunctionalInterface
  interface Use<T> {
    T of(Found found) throws Exception;
  }

  /**
   * Uses the topic as soon as it is there, and makes one that is missing. A topic, or the clients'
   * knowledge of it, that is on its way is waited for.
   *
   * @param again whether the topic was there before
   * @param thread where everything happens; blocks for 5 s at most, again and again
   */
  <T> CompletionStage<T> use(Admin admin, boolean again, Executor thread, Use<T> use) {
    long deadline = System.nanoTime() + KafkaClients.TIMEOUT.toNanos();
    return use(admin, again, thread, found -> use.of(found), deadline);
  }

  private <T> CompletionStage<T> use(
      Admin admin, boolean again, Executor thread, Use<T> use, long deadline) {
    Exception late;
    try {
      Found found = find(admin, again);
      if (found != null) {
        return CompletableFuture.completedStage(use.of(found));
      }
      late =
          new org.apache.kafka.common.errors.TimeoutException("topic " + name + " not there yet");
    } catch (org.apache.kafka.common.errors.TimeoutException e) {
      late = e;
    } catch (Exception e) {
      return CompletableFuture.failedStage(e);
    }
    if (System.nanoTime() > deadline) {
      return CompletableFuture.failedStage(late);
    }
    return CompletableFuture.supplyAsync(
            () -> use(admin, again, thread, use, deadline),
            CompletableFuture.delayedExecutor(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS, thread))
        .thenCompose(stage -> stage);
  }

  /** Completes when the topic of this id is still there; does not block. */
  CompletionStage<Void> check(Admin admin, Uuid id) {
    return admin
        .describeTopics(List.of(name))
        .allTopicNames()
        .toCompletionStage()
        .handle(
            (topics, error) -> {
              if (error != null) {
                throw new CompletionException(isMissing(error) ? deleted() : error);
              }
              if (!requireNonNull(topics.get(name)).topicId().equals(id)) {
                throw new CompletionException(deleted());
              }
              return null;
            });
  }

  private IllegalStateException deleted() {
    return new IllegalStateException("topic " + name + " was deleted");
  }

  private static boolean isMissing(Throwable error) {
    return error instanceof UnknownTopicOrPartitionException
        || error.getCause() instanceof UnknownTopicOrPartitionException;
  }

  /** Looks for the topic, and asks for one that is missing; null when it is on its way. */
  private @Nullable Found find(Admin admin, boolean again)
      throws ExecutionException, TimeoutException, InterruptedException {
    try {
      TopicDescription found =
          requireNonNull(answer(admin.describeTopics(List.of(name)).allTopicNames()).get(name));
      if (found.partitions().stream().anyMatch(each -> each.leader() == null)) {
        return null;
      }
      checkLimit(admin);
      return new Found(found.topicId(), found.partitions().size());
    } catch (ExecutionException e) {
      if (!isMissing(e)) {
        throw e;
      }
      make(admin, again);
      return null;
    }
  }

  private static <T> T answer(KafkaFuture<T> future)
      throws ExecutionException, TimeoutException, InterruptedException {
    return future.get(KafkaClients.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void make(Admin admin, boolean again)
      throws ExecutionException, TimeoutException, InterruptedException {
    if (!create) {
      throw missing("no topic " + name, null);
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
      if (again) {
        LOG.warn("Topic {} was deleted; made again with {} partitions", name, partitions);
      } else {
        LOG.info("Topic {} was not there; made with {} partitions", name, partitions);
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        throw missing("no topic " + name + ", and no permission to create it", e.getCause());
      }
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  private BackendUnavailableException missing(String what, @Nullable Throwable cause) {
    return new BackendUnavailableException(
        address() + ": " + what + " (expected: one, as made by: " + command() + ")",
        Outcome.NOT_SENT,
        cause);
  }

  BrokerAddress address() {
    return KafkaAddress.of(bootstrap, name);
  }

  KafkaTopic named(String other) {
    return new KafkaTopic(bootstrap, other, create, partitions, replication, retention);
  }

  /** What an operator types to make the topic. */
  String command() {
    return "kafka-topics.sh --bootstrap-server "
        + bootstrap
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
