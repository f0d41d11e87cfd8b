package io.starling.integration.outage;

import static io.starling.integration.contract.TestHost.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.broker.TestBroker;
import io.starling.manager.HostId;
import io.starling.manager.pubsub.PubSubSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What only real brokers do. */
final class KafkaBackendIT {
  private static TestBroker kafka;

  @BeforeAll
  static void open() {
    kafka = TestBroker.kafka();
  }

  @AfterAll
  static void close() {
    kafka.close();
  }

  private static Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", kafka.url().replaceFirst("^kafka://", "")));
  }

  @Test
  void aProducerThatCannotBeMadeLeavesOneConsumerAtMost() {
    PubSubSettings patient =
        PubSubSettings.DEFAULTS.withPrefix(HostId.random().value()).withKeepTrying(true);
    BackendProbe probe =
        new BackendProbe(kafka.url() + "?kafka.compression.type=nonsense", patient);
    await(probe.start());
    Awaitility.await()
        .during(Duration.ofSeconds(4))
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                probe.threads().stream().filter(name -> name.contains("-consumer-")).count() <= 1);
    probe.close();

    Awaitility.await().untilAsserted(() -> assertThat(probe.threads()).isEmpty());
  }

  @Test
  void aTopicThatIsDeletedIsMadeAgainAndReadFromItsStart() throws Exception {
    try (BackendProbe one = new BackendProbe(kafka.url());
        BackendProbe other =
            new BackendProbe(kafka.url(), PubSubSettings.DEFAULTS.withPrefix(one.prefix()));
        Admin admin = admin()) {
      for (BackendProbe each : List.of(one, other)) {
        await(each.start());
        await(each.backend().subscribe(each.channel()));
      }
      for (int i = 0; i < 5; i++) {
        await(one.publish("old " + i));
      }
      Awaitility.await().until(() -> other.frames().size() == 5);

      admin.deleteTopics(List.of(one.prefix())).all().get();
      for (BackendProbe each : List.of(one, other)) {
        BrokerOutageScenarios.patiently().until(() -> each.told("restored PUBLISH") != null);
        assertThat(each.told("lost"))
            .as("the second reads on behind the end, if the first has made the topic again by then")
            .containsAnyOf("topic " + one.prefix() + " was deleted", "out of range");
      }
      for (int i = 0; i < 20; i++) {
        await(one.publish("new " + i));
      }

      for (BackendProbe each : List.of(one, other)) {
        BrokerOutageScenarios.patiently().until(() -> each.frames().size() >= 25);
        assertThat(each.frames().subList(5, each.frames().size()))
            .containsExactlyInAnyOrderElementsOf(
                IntStream.range(0, 20).mapToObj(i -> "new " + i).toList());
      }
    }
  }

  @Test
  void aTopicThatMustNotBeMadeIsAskedForByNameAndUsedOnceItIsThere() throws Exception {
    String prefix = HostId.random().value();
    try (Admin admin = admin();
        BackendProbe probe =
            new BackendProbe(
                kafka.url() + "?create=false", PubSubSettings.DEFAULTS.withPrefix(prefix))) {
      NewTopic topic = new NewTopic(prefix, 1, (short) 1);
      admin.createTopics(List.of(topic)).all().get();
      await(probe.start());
      await(probe.backend().subscribe(probe.channel()));
      await(probe.publish("old"));
      Awaitility.await().until(() -> probe.frames().size() == 1);

      admin.deleteTopics(List.of(prefix)).all().get();
      BrokerOutageScenarios.patiently().until(() -> probe.told("failed SUBSCRIBE") != null);
      assertThat(probe.told("failed SUBSCRIBE"))
          .contains("no topic " + prefix)
          .contains("kafka-topics.sh")
          .contains("--create --topic " + prefix);
      admin.createTopics(List.of(topic)).all().get();

      BrokerOutageScenarios.patiently()
          .until(
              () ->
                  probe.told("restored PUBLISH") != null
                      && probe.told("restored SUBSCRIBE") != null);
      await(probe.publish("new"));
      BrokerOutageScenarios.patiently().until(() -> probe.frames().equals(List.of("old", "new")));
    }
  }
}
