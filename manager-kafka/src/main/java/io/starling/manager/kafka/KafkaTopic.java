package io.starling.manager.kafka;

import static java.util.Objects.requireNonNull;

import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.BrokerAddress;
import java.time.Duration;
import java.util.HashMap;
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
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Kafka topic of one prefix: finds it on the brokers, or creates it.
 *
 * @param brokers the scheme of the URL, {@code ://}, and the first brokers to connect to, as {@code
 *     host:port}, separated by commas
 * @param create whether a missing topic is created
 * @param partitions how many partitions a new topic gets
 * @param replication how many brokers keep a new topic; −1 for {@link #MOST_REPLICAS}, or for the
 *     brokers' default where there are not so many brokers
 * @param retention how long a new topic keeps its records
 */
record KafkaTopic(
    String brokers,
    String name,
    boolean create,
    int partitions,
    int replication,
    Duration retention) {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaTopic.class);

  /** The longest frame of the bus, 1,040,000 bytes, and what Kafka adds to it in a record. */
  private static final int MIN_MESSAGE_BYTES = 1_041_000;

  /** How many brokers keep a topic that this process creates, where the URL does not say it. */
  private static final int MOST_REPLICAS = 3;

  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  /**
   * For how long the topic is looked for. Slow brokers may take one time-out to create it, and then
   * it must be looked for.
   */
  private static final Duration LOOK = KafkaClients.TIMEOUT.multipliedBy(2);

  /**
   * Runs a task as soon as the topic exists and has leaders. A missing topic is created. Begins no
   * attempt later than 10 s after the first one.
   *
   * @param again whether this process has used the topic before; then a missing topic was deleted,
   *     which is logged as a warning
   * @param thread runs every attempt but the first, which runs on the calling thread. Each request
   *     to the brokers may block its thread for 5 s.
   * @param use gets the topic; one that was deleted and created again under the same name has
   *     another id. A {@link org.apache.kafka.common.errors.TimeoutException} of this function
   *     means that it must be tried again.
   */
  <T> CompletionStage<T> use(
      Admin admin, boolean again, Executor thread, Function<TopicDescription, T> use) {
    return use(admin, again, thread, use, System.nanoTime() + LOOK.toNanos());
  }

  private <T> CompletionStage<T> use(
      Admin admin,
      boolean again,
      Executor thread,
      Function<TopicDescription, T> use,
      long deadline) {
    try {
      return CompletableFuture.completedStage(use.apply(find(admin, again)));
    } catch (org.apache.kafka.common.errors.TimeoutException e) {
      if (System.nanoTime() - deadline > 0) {
        return CompletableFuture.failedStage(e);
      }
    } catch (Exception e) {
      return CompletableFuture.failedStage(e);
    }
    return CompletableFuture.supplyAsync(
            () -> use(admin, again, thread, use, deadline),
            CompletableFuture.delayedExecutor(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS, thread))
        .thenCompose(stage -> stage);
  }

  /**
   * Completes when a topic with this name and id exists, and fails when it does not. Does not
   * block.
   */
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

  /** Logs a warning if the end of one broker stops everything although there are others. */
  void warnOfOneReplica(Admin admin, TopicDescription found) {
    if (found.partitions().stream().allMatch(each -> each.replicas().size() > 1)) {
      return;
    }
    var unused =
        admin
            .describeCluster()
            .nodes()
            .whenComplete(
                (nodes, error) -> {
                  if (error == null && nodes.size() > 1) {
                    LOG.warn(
                        "Topic {}: 1 replica on a cluster of {} brokers; while the broker that has it is"
                            + " down, nothing is published (expected: 3 replicas)",
                        name,
                        nodes.size());
                  }
                });
  }

  private IllegalStateException deleted() {
    return new IllegalStateException("topic " + name + " was deleted");
  }

  private static boolean isMissing(Throwable error) {
    return error instanceof UnknownTopicOrPartitionException
        || error.getCause() instanceof UnknownTopicOrPartitionException;
  }

  /**
   * Looks for the topic, and asks the brokers to create it when it is missing.
   *
   * @throws org.apache.kafka.common.errors.TimeoutException while the topic is not ready
   */
  private TopicDescription find(Admin admin, boolean again)
      throws ExecutionException, TimeoutException, InterruptedException {
    try {
      TopicDescription found =
          requireNonNull(answer(admin.describeTopics(List.of(name)).allTopicNames()).get(name));
      List<Integer> leaderless =
          found.partitions().stream()
              .filter(each -> each.leader() == null)
              .map(TopicPartitionInfo::partition)
              .toList();
      if (!leaderless.isEmpty()) {
        throw new org.apache.kafka.common.errors.TimeoutException(
            "topic " + name + ": no leader for partitions " + leaderless);
      }
      checkLimit(admin);
      return found;
    } catch (ExecutionException e) {
      if (!isMissing(e)) {
        throw e;
      }
      make(admin, again);
      throw new org.apache.kafka.common.errors.TimeoutException("topic " + name + " not there yet");
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
    try {
      String replicas = make(admin);
      if (again) {
        LOG.warn(
            "Topic {} was deleted; made again with {} partitions and {}",
            name,
            partitions,
            replicas);
      } else {
        LOG.info(
            "Topic {} was not there; made with {} partitions and {}", name, partitions, replicas);
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

  /** Creates the topic as well as the brokers allow, and returns its replication in words. */
  private String make(Admin admin)
      throws ExecutionException, TimeoutException, InterruptedException {
    ExecutionException refused = null;
    for (NewTopic each : wanted()) {
      try {
        CreateTopicsResult made = admin.createTopics(List.of(each));
        answer(made.all());
        KafkaFuture<Integer> replication = made.replicationFactor(name);
        // A user who may not read the configuration of the topic is not told the number.
        String replicas =
            replication.isCompletedExceptionally()
                ? "an unknown number of replicas"
                : answer(replication) + " replicas";
        if (refused != null) {
          LOG.warn(
              "Topic {} is made with {}, because the brokers refused {} with min.insync.replicas={}: {}",
              name,
              replicas,
              replicas(),
              minInSyncReplicas(),
              requireNonNull(refused.getCause()).getMessage());
        }
        return replicas;
      } catch (ExecutionException e) {
        if (!isRefusal(e.getCause())) {
          throw e;
        }
        refused = e;
      }
    }
    throw requireNonNull(refused);
  }

  /**
   * The topics to ask for, the best first. Some clusters do not let a user set {@code
   * min.insync.replicas}. Where the URL does not say the number of replicas and the brokers refuse
   * the wanted one, they choose it. The number of brokers is not asked for, because a broker that
   * is down may be missing from it, but gets its replica all the same.
   */
  private List<NewTopic> wanted() {
    Map<String, String> configs =
        Map.of(
            TopicConfig.RETENTION_MS_CONFIG,
            Long.toString(retention.toMillis()),
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_DELETE);
    Map<String, String> safe = new HashMap<>(configs);
    safe.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(minInSyncReplicas()));
    Optional<Short> replicas = Optional.of((short) replicas());
    Optional<Short> last = replication < 0 ? Optional.empty() : replicas;
    return List.of(topic(replicas, safe), topic(replicas, configs), topic(last, configs));
  }

  private NewTopic topic(Optional<Short> replicas, Map<String, String> configs) {
    return new NewTopic(name, Optional.of(partitions), replicas).configs(configs);
  }

  private static boolean isRefusal(@Nullable Throwable error) {
    return error instanceof InvalidReplicationFactorException
        || error instanceof PolicyViolationException
        || error instanceof InvalidConfigurationException;
  }

  private int replicas() {
    return replication < 0 ? MOST_REPLICAS : replication;
  }

  /**
   * How many brokers must have a frame before it is confirmed. With three replicas or more there
   * are two, so that the end of one broker loses nothing. With fewer there is one, because
   * otherwise nothing could be published while a broker is down.
   */
  private int minInSyncReplicas() {
    return replicas() < MOST_REPLICAS ? 1 : 2;
  }

  private BackendUnavailableException missing(String what, @Nullable Throwable cause) {
    return new BackendUnavailableException(
        address() + ": " + what + " (expected: one, as made by: " + command() + ")",
        Outcome.NOT_SENT,
        cause);
  }

  BrokerAddress address() {
    return KafkaAddress.of(brokers, name);
  }

  /** The shell command that creates this topic, for an error message to the operator. */
  String command() {
    return "kafka-topics.sh --bootstrap-server "
        + brokers.substring(brokers.indexOf("://") + 3)
        + " --create --topic "
        + name
        + " --partitions "
        + partitions
        + " --replication-factor "
        + replicas()
        + " --config min.insync.replicas="
        + minInSyncReplicas()
        + " --config retention.ms="
        + retention.toMillis();
  }

  /**
   * Refuses a topic that does not accept the longest frame, such as one that an operator created
   * with a low limit. A user who may not read the configuration of the topic skips this check.
   */
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
