package io.starling.integration.outage;

import static io.starling.integration.contract.TestHost.await;
import static io.starling.integration.outage.BrokerOutageScenarios.knowEachOther;
import static io.starling.integration.outage.BrokerOutageScenarios.number;
import static io.starling.integration.outage.BrokerOutageScenarios.numbers;
import static io.starling.integration.outage.BrokerOutageScenarios.patiently;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.broker.KafkaCluster;
import io.starling.integration.contract.FakeSocket;
import io.starling.integration.contract.TestHost;
import io.starling.integration.outage.BrokerOutageScenarios.Traffic;
import io.starling.manager.BusCount;
import io.starling.manager.ClientManagerFactory;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.pubsub.PubSubPublisher;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * Three brokers, two hosts and an emitter, and what every test with them needs. The brokers create
 * missing topics by themselves, as they do by default.
 */
@Timeout(180)
abstract class KafkaClusterScenarios {
  static KafkaCluster kafka;
  static Admin admin;

  final String prefix = HostId.random().value();
  TestHost a;
  PubSubPublisher emitter;

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

  @BeforeEach
  void startHosts() {
    a = host(kafka.url());
    emitter =
        PubSubPublisher.create(
            kafka.url() + "?prefix=" + prefix, ManagerListener.NONE, TestHost.callbacks());
  }

  @AfterEach
  void closeHosts() {
    emitter.close();
    a.close();
  }

  TestHost host(String url) {
    return host(url, prefix);
  }

  static TestHost host(String url, String prefix) {
    return TestHost.start(ClientManagerFactory.create(url + "?prefix=" + prefix));
  }

  TopicDescription topic() throws Exception {
    return topic(prefix);
  }

  static TopicDescription topic(String name) throws Exception {
    return requireNonNull(admin.describeTopics(List.of(name)).allTopicNames().get().get(name));
  }

  int leader() throws Exception {
    return leader(topic());
  }

  /** Returns the id of the broker; −1 while there is none. */
  static int leader(TopicDescription topic) {
    Node leader = topic.partitions().get(0).leader();
    return leader == null ? -1 : leader.id();
  }

  boolean hasReplicas(int count) throws Exception {
    return topic().partitions().stream()
        .map(TopicPartitionInfo::isr)
        .allMatch(inSync -> inSync.size() == count);
  }

  /** The two streams of numbers, and the clients of the host that hears both. */
  final class Streams implements AutoCloseable {
    final FakeSocket ofHost;
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

    /** Awaits traffic after this was done to the leader, and says how long that took. */
    void awaitMore(String done) {
      long doneNanos = System.nanoTime();
      awaitMore(500);
      Duration away = Duration.ofNanos(System.nanoTime() - doneNanos);
      System.out.println("Kafka: messages arrive again " + away + " after the leader was " + done);
      awaitMore(500);
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
      long missing = (long) sentByEmitter - received.size();
      patiently()
          .untilAsserted(
              () ->
                  assertThat(hearing.manager().statistics().get(BusCount.MISSING))
                      .isEqualTo(missing));
      return missing;
    }

    @Override
    public void close() {
      fromHost.close();
      fromEmitter.close();
    }
  }
}
