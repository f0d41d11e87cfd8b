package io.starling.integration.outage;

import static io.starling.integration.contract.TestHost.await;
import static io.starling.integration.outage.BrokerOutageScenarios.isAll;
import static io.starling.integration.outage.BrokerOutageScenarios.knowEachOther;
import static io.starling.integration.outage.BrokerOutageScenarios.number;
import static io.starling.integration.outage.BrokerOutageScenarios.numbers;
import static io.starling.integration.outage.BrokerOutageScenarios.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.broker.KafkaCluster;
import io.starling.integration.contract.FakeSocket;
import io.starling.integration.contract.TestHost;
import io.starling.integration.outage.BrokerOutageScenarios.Traffic;
import io.starling.integration.process.TcpProxy;
import io.starling.manager.BackendState;
import io.starling.manager.BusCount;
import io.starling.manager.ClientManagerFactory;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubPublisher;
import io.starling.manager.pubsub.PubSubSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Three brokers of which one is killed, and a topic that an operator changes by hand. The brokers
 * create missing topics by themselves, as they do by default. {@code mvn verify
 * -Dit.test=KafkaClusterIT -Dstarling.kafka.session-millis=9000} takes longer, and uses Kafka's own
 * time for a broker to count as dead.
 */
@Timeout(180)
final class KafkaClusterIT {
  private static KafkaCluster kafka;
  private static Admin admin;

  private final String prefix = HostId.random().value();
  private final TestHost a = host(kafka.url());
  private final PubSubPublisher emitter =
      PubSubPublisher.create(
          kafka.url() + "?prefix=" + prefix, ManagerListener.NONE, TestHost.callbacks());

  @BeforeAll
  static void open() {
    kafka = KafkaCluster.start(Map.of("auto.create.topics.enable", "true"));
    admin = kafka.admin();
  }

  @AfterAll
  static void close() {
    admin.close();
    kafka.close();
  }

  @AfterEach
  void closeHosts() {
    emitter.close();
    a.close();
  }

  private TestHost host(String url) {
    return host(url, prefix);
  }

  private static TestHost host(String url, String prefix) {
    return TestHost.start(ClientManagerFactory.create(url + "?prefix=" + prefix));
  }

  private TopicDescription topic() throws Exception {
    return topic(prefix);
  }

  private static TopicDescription topic(String name) throws Exception {
    return admin.describeTopics(List.of(name)).allTopicNames().get().get(name);
  }

  private int leader() throws Exception {
    return leader(topic());
  }

  /** Returns the id of the broker; −1 while there is none. */
  private static int leader(TopicDescription topic) {
    Node leader = topic.partitions().get(0).leader();
    return leader == null ? -1 : leader.id();
  }

  private boolean hasReplicas(int count) throws Exception {
    return topic().partitions().stream()
        .map(TopicPartitionInfo::isr)
        .allMatch(inSync -> inSync.size() == count);
  }

  /** The two streams of numbers, and the clients of the host that hears both. */
  private final class Streams implements AutoCloseable {
    private final FakeSocket ofHost;
    private final FakeSocket ofEmitter;
    private final Traffic fromHost;
    private final Traffic fromEmitter;
    private final TestHost hearing;

    Streams(TestHost hearing) {
      this.hearing = hearing;
      ofHost = hearing.connect("of-host", "of-host");
      ofEmitter = hearing.connect("of-emitter", "of-emitter");
      await(emitter.start());
      patiently().until(() -> knowEachOther(a, hearing));
      fromHost = new Traffic(a.manager(), "of-host");
      fromEmitter = new Traffic(emitter, "of-emitter");
      awaitMore(100);
    }

    void awaitMore(int count) {
      int host = ofHost.count() + count;
      int external = ofEmitter.count() + count;
      patiently().until(() -> ofHost.count() > host && ofEmitter.count() > external);
    }

    /** All that was accepted arrived once and in order. */
    void assertNothingIsMissing() {
      assertOnlyCountedOnesAreMissing();
      assertThat(hearing.manager().statistics().get(BusCount.MISSING)).isZero();
    }

    /**
     * What the host sent arrived once and in order, and so did what the emitter sent, less those
     * that the hearing host counts as missing. Returns their number.
     */
    long assertOnlyCountedOnesAreMissing() {
      int sent = fromHost.stop();
      int sentByEmitter = fromEmitter.stop();
      String last = "[" + (sentByEmitter - 1) + "]";
      patiently().until(() -> ofHost.count() >= sent && ofEmitter.received().contains(last));
      assertThat(ofHost.received()).containsExactlyElementsOf(numbers(sent));
      List<String> received = ofEmitter.received();
      assertThat(received)
          .doesNotHaveDuplicates()
          .isSortedAccordingTo((x, y) -> Integer.compare(number(x), number(y)));
      long missing = hearing.manager().statistics().get(BusCount.MISSING);
      assertThat(received.size() + missing).isEqualTo(sentByEmitter);
      return missing;
    }

    @Override
    public void close() {
      fromHost.close();
      fromEmitter.close();
    }
  }

  @Test
  void P9_nothingIsLostWhileTheLeaderIsKilledAndComesBackAndTheNextOneIsKilled() throws Exception {
    try (TestHost b = host(kafka.url());
        Streams streams = new Streams(b)) {
      assertThat(hasReplicas(3)).isTrue();
      int first = leader();
      killAndAwaitTraffic(first, streams);
      host(kafka.url(), prefix + "-new").close();
      assertThat(topic(prefix + "-new").partitions())
          .as("a topic that is made while a broker is down")
          .allMatch(each -> each.replicas().size() == 3);
      assertThat(leader()).isNotEqualTo(first);
      kafka.broker(first).restart();
      patiently().until(() -> hasReplicas(3));

      int second = leader();
      killAndAwaitTraffic(second, streams);
      kafka.broker(second).restart();
      patiently().until(() -> hasReplicas(3));
      patiently().until(() -> isAll(BackendState.UP, a, b));

      streams.assertNothingIsMissing();
    }
  }

  @Test
  void P9_nothingIsLostWhileTheLeaderIsFrozen() throws Exception {
    try (TestHost b = host(kafka.url());
        Streams streams = new Streams(b)) {
      int leader = leader();
      kafka.broker(leader).freeze();
      try {
        streams.awaitMore(500);
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

  private static void killAndAwaitTraffic(int broker, Streams streams) {
    kafka.broker(broker).kill();
    long killedNanos = System.nanoTime();
    streams.awaitMore(500);
    Duration away = Duration.ofNanos(System.nanoTime() - killedNanos);
    System.out.println("Kafka: messages arrive again " + away + " after the leader was killed");
    streams.awaitMore(500);
  }

  @Test
  void aTopicThatAHostMakesOutlivesAnyOneBroker() throws Exception {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, prefix);
    Config config = admin.describeConfigs(List.of(topic)).all().get().get(topic);

    assertThat(topic().partitions()).allMatch(each -> each.replicas().size() == 3);
    assertThat(config.get("min.insync.replicas").value()).isEqualTo("2");
  }

  @Test
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
  void P2_anOriginStaysInItsPartitionWhenPartitionsAreAdded() throws Exception {
    PubSubSettings settings = PubSubSettings.DEFAULTS.withPrefix(prefix);
    try (BackendProbe one = new BackendProbe(kafka.url(), settings);
        BackendProbe other = new BackendProbe(kafka.url(), settings)) {
      await(one.start());
      await(other.start());
      await(other.backend().subscribe(other.channel()));
      admin.createPartitions(Map.of(prefix, NewPartitions.increaseTo(32))).all().get();
      for (int i = 0; i < 200; i++) {
        if (i % 50 == 49) {
          one.backend().reconnect(Direction.PUBLISH, new IllegalStateException("by the test"));
          patiently().until(() -> one.told("restored PUBLISH") != null);
          one.told().clear();
        }
        await(one.publish("" + i));
      }

      patiently().until(() -> other.frames().size() == 200);
      assertThat(other.frames())
          .containsExactlyElementsOf(IntStream.range(0, 200).mapToObj(i -> "" + i).toList());
    }
  }

  @Test
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
