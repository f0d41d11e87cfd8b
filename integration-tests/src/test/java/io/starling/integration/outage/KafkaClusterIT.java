package io.starling.integration.outage;

import static io.starling.integration.contract.TestHost.await;
import static io.starling.integration.outage.BrokerOutageScenarios.isAll;
import static io.starling.integration.outage.BrokerOutageScenarios.knowEachOther;
import static io.starling.integration.outage.BrokerOutageScenarios.number;
import static io.starling.integration.outage.BrokerOutageScenarios.numbers;
import static io.starling.integration.outage.BrokerOutageScenarios.patiently;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.contract.FakeSocket;
import io.starling.integration.contract.TestHost;
import io.starling.integration.outage.BrokerOutageScenarios.Traffic;
import io.starling.integration.process.TcpProxy;
import io.starling.manager.BackendState;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubSettings;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Three brokers of which one is killed, and a topic that an operator changes by hand. {@code mvn
 * verify -Dit.test=KafkaClusterIT -Dstarling.kafka.session-millis=9000} takes longer, and uses
 * Kafka's own time for a broker to count as dead. Each test has a topic of its own.
 */
@Execution(ExecutionMode.CONCURRENT)
final class KafkaClusterIT extends KafkaClusterScenarios {
  /** Held alone by a test that kills brokers. */
  private static final String BROKERS = "brokers";

  @Test
  @ResourceLock(BROKERS)
  void P9_nothingIsLostWhileTheLeaderIsKilledAndComesBackAndTheNextOneIsKilled() throws Exception {
    try (TestHost b = host(kafka.url());
        Streams streams = new Streams(b)) {
      assertThat(hasReplicas(3)).isTrue();
      int first = leader();
      kafka.broker(first).kill();
      streams.awaitMore("killed");
      host(kafka.url(), prefix + "-new").close();
      assertThat(topic(prefix + "-new").partitions())
          .as("a topic that is made while a broker is down")
          .allMatch(each -> each.replicas().size() == 3);
      assertThat(leader()).isNotEqualTo(first);
      kafka.broker(first).restart();
      patiently().until(() -> hasReplicas(3));

      int second = leader();
      kafka.broker(second).kill();
      streams.awaitMore("killed");
      kafka.broker(second).restart();
      patiently().until(() -> hasReplicas(3));
      patiently().until(() -> isAll(BackendState.UP, a, b));

      streams.assertNothingIsMissing();
    }
  }

  @Test
  @ResourceLock(value = BROKERS, mode = ResourceAccessMode.READ)
  void aTopicThatAHostMakesOutlivesAnyOneBroker() throws Exception {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, prefix);
    Config config = requireNonNull(admin.describeConfigs(List.of(topic)).all().get().get(topic));

    assertThat(topic().partitions()).allMatch(each -> each.replicas().size() == 3);
    assertThat(config.get("min.insync.replicas").value()).isEqualTo("2");
  }

  @Test
  @ResourceLock(value = BROKERS, mode = ResourceAccessMode.READ)
  void P2_partitionsThatAreAddedAreReadFromTheirStartByHostsThatRun() throws Exception {
    try (TestHost b = host(kafka.url());
        Streams streams = new Streams(b)) {
      admin.createPartitions(Map.of(prefix, NewPartitions.increaseTo(12))).all().get();
      for (int i = 0; i < 2; i++) {
        try (TestHost c = host(kafka.url());
            Traffic fromNew = new Traffic(c.manager(), "of-new-" + i)) {
          FakeSocket ofNew = b.connect("of-new-" + i, "of-new-" + i);
          patiently().until(() -> knowEachOther(a, b, c) && ofNew.count() > 100);
          int sent = fromNew.stop();
          patiently().until(() -> ofNew.received().contains("[" + (sent - 1) + "]"));
          List<String> received = ofNew.received();
          assertThat(received)
              .containsExactlyElementsOf(numbers(sent).subList(number(received.get(0)), sent));
        }
      }

      streams.assertNothingIsMissing();
    }
  }

  @Test
  @ResourceLock(value = BROKERS, mode = ResourceAccessMode.READ)
  void P2_anOriginStaysInItsPartitionWhenPartitionsAreAdded() throws Exception {
    String topic = prefix + "-probe";
    try (BackendProbe probe =
        new BackendProbe(kafka.url(), PubSubSettings.DEFAULTS.withPrefix(topic))) {
      await(probe.start());
      await(probe.publish("first"));
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(32))).all().get();
      for (int i = 0; i < 4; i++) {
        probe.told().clear();
        probe.backend().reconnect(Direction.PUBLISH, new IllegalStateException("by the test"));
        patiently().until(() -> probe.told("restored PUBLISH") != null);
        await(probe.publish("next"));
      }

      assertThat(ends(topic)).filteredOn(end -> end > 0).containsExactly(5L);
    }
  }

  private static List<Long> ends(String topic) throws Exception {
    Map<TopicPartition, OffsetSpec> all =
        topic(topic).partitions().stream()
            .collect(
                Collectors.toMap(
                    each -> new TopicPartition(topic, each.partition()),
                    each -> OffsetSpec.latest()));
    return admin.listOffsets(all).all().get().values().stream()
        .map(ListOffsetsResult.ListOffsetsResultInfo::offset)
        .toList();
  }

  @Test
  @ResourceLock(value = BROKERS, mode = ResourceAccessMode.READ)
  void P9_whatWasInATopicThatIsDeletedIsRepairedOrCountedExactly() throws Exception {
    try (TestHost b = host(kafka.url());
        Streams streams = new Streams(b)) {
      admin.deleteTopics(List.of(prefix)).all().get();
      patiently().until(() -> b.listener().events().contains("state DEGRADED"));
      patiently().until(() -> isAll(BackendState.UP, a, b));
      streams.awaitMore(500);

      streams.assertOnlyCountedOnesAreMissing();
    }
  }

  @Test
  @ResourceLock(value = BROKERS, mode = ResourceAccessMode.READ)
  void P9_aHostThatWasAwayForLongerThanTheRetentionCountsExactlyWhatItMissed() throws Exception {
    try (TestHost b = host(kafka.proxiedUrl());
        Streams streams = new Streams(b)) {
      kafka.proxies().forEach(TcpProxy::hold);
      kafka.proxies().forEach(TcpProxy::cut);
      patiently().until(() -> isAll(BackendState.DOWN, b));
      int before = streams.ofHost.count();
      admin
          .deleteRecords(Map.of(new TopicPartition(prefix, 0), RecordsToDelete.beforeOffset(-1)))
          .all()
          .get();
      kafka.proxies().forEach(TcpProxy::release);
      patiently().until(() -> isAll(BackendState.UP, a, b));
      patiently().until(() -> streams.ofHost.count() > before + 500);

      assertThat(streams.assertOnlyCountedOnesAreMissing())
          .as("an emitter cannot repeat what the topic no longer has")
          .isPositive();
    }
  }
}
