package io.starling.integration.outage;

import static io.starling.integration.contract.TestHost.await;
import static io.starling.integration.outage.BrokerOutageScenarios.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.contract.TestHost;
import io.starling.manager.pubsub.PubSubSettings;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/**
 * What takes three brokers too long for every build. {@code mvn verify
 * -Dit.test=KafkaClusterOutages} runs it.
 */
final class KafkaClusterOutages extends KafkaClusterScenarios {
  @Test
  void P9_nothingIsLostWhileTheLeaderIsFrozen() throws Exception {
    try (TestHost b = host(kafka.url());
        Streams streams = new Streams(b)) {
      int leader = leader();
      kafka.broker(leader).freeze();
      try {
        streams.awaitMore("frozen");
      } finally {
        kafka.broker(leader).thaw();
      }
      streams.awaitMore(500);
      patiently().until(() -> hasReplicas(3));

      streams.assertNothingIsMissing();
    }
  }

  @Test
  void whatALeaderWithoutTheNewestRecordsLacksIsSkippedAndNothingComesTwice() throws Exception {
    PubSubSettings settings = PubSubSettings.DEFAULTS.withPrefix(prefix + "-unclean");
    try (BackendProbe one = new BackendProbe(kafka.url() + "?replication=2", settings);
        BackendProbe other = new BackendProbe(kafka.url() + "?replication=2", settings)) {
      await(one.start());
      await(other.start());
      await(other.backend().subscribe(other.channel()));
      allowUncleanLeaders(settings.prefix());
      TopicPartitionInfo partition = topic(settings.prefix()).partitions().get(0);
      int leader = partition.leader().id();
      int follower =
          partition.replicas().stream().mapToInt(Node::id).filter(id -> id != leader).sum();
      publish(one, 0, 5);
      kafka.broker(follower).kill();
      patiently().until(() -> topic(settings.prefix()).partitions().get(0).isr().size() == 1);
      publish(one, 5, 10);
      patiently().until(() -> other.frames().size() == 10);
      kafka.broker(leader).kill();
      kafka.broker(follower).restart();
      patiently().until(() -> leader(topic(settings.prefix())) == follower);
      patiently().ignoreExceptions().until(() -> await(one.publish("last")) != null);
      patiently().until(() -> other.frames().contains("last"));
      kafka.broker(leader).restart();

      assertThat(other.frames().subList(0, 10))
          .containsExactlyElementsOf(IntStream.range(0, 10).mapToObj(i -> "" + i).toList());
      assertThat(other.frames().subList(10, other.frames().size())).containsOnly("last");
      assertThat(other.told("lost SUBSCRIBE")).isNotNull();
    }
    patiently().until(() -> hasReplicas(3));
  }

  private static void allowUncleanLeaders(String topic) throws Exception {
    AlterConfigOp allow =
        new AlterConfigOp(
            new ConfigEntry("unclean.leader.election.enable", "true"), AlterConfigOp.OpType.SET);
    admin
        .incrementalAlterConfigs(
            Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(allow)))
        .all()
        .get();
  }

  private static void publish(BackendProbe probe, int from, int to) {
    IntStream.range(from, to).forEach(i -> await(probe.publish("" + i)));
  }
}
