package io.starling.integration.managers;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.yammer.metrics.core.Histogram;
import com.yammer.metrics.core.Metric;
import com.yammer.metrics.core.MetricName;
import io.starling.emitter.Emitter;
import io.starling.integration.broker.EmbeddedKafka;
import io.starling.integration.broker.EmbeddedRedis;
import io.starling.integration.broker.Ports;
import io.starling.integration.broker.RabbitMqProcess;
import io.starling.integration.contract.TestHost;
import io.starling.integration.process.TcpProxy;
import io.starling.manager.ManagerListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What an emitter leaves on a broker, as the broker itself tells: nothing that receives, unless the
 * emitter wants replies. Each test has a broker of its own.
 */
@Execution(ExecutionMode.CONCURRENT)
final class EmitterOnBrokerIT {
  private static final Duration ONE_SECOND = Duration.ofSeconds(1);

  private static void emit(Emitter emitter) {
    TestHost.await(emitter.emit("news", 1));
  }

  @Test
  void onRedisAnEmitterSubscribesToNothing() {
    try (EmbeddedRedis redis = EmbeddedRedis.start();
        Emitter emitter = Emitter.create(redis.url())) {
      emit(emitter);

      assertThat(subscribed(redis)).isEmpty();
      assertThat(clients(redis)).hasSize(1).allMatch(client -> client.contains(" sub=0 "));
      assertThat(clients(redis)).allMatch(client -> client.contains(" ssub=0 "));
    }
  }

  @Test
  void onRedisAnEmitterWithRepliesSubscribesToItsInboxAloneUntilItsConnectionEnds() {
    try (EmbeddedRedis redis = EmbeddedRedis.start();
        TcpProxy proxy = TcpProxy.open(redis.port())) {
      try (Emitter emitter = asking("redis://127.0.0.1:" + proxy.port())) {
        emit(emitter);

        assertThat(subscribed(redis)).singleElement().asString().startsWith("starling:reply:");
        assertThat(clients(redis)).hasSize(2);
        cutForGood(proxy);
        Awaitility.await()
            .untilAsserted(() -> assertThat(subscribed(redis)).as("as after its death").isEmpty());
      }
      try (Emitter emitter = asking(redis.url())) {
        emit(emitter);
      }
      Awaitility.await().untilAsserted(() -> assertThat(clients(redis)).isEmpty());
    }
  }

  private static void cutForGood(TcpProxy proxy) {
    proxy.redirect(Ports.free());
    proxy.cut();
  }

  private static Emitter asking(String url) {
    return Emitter.builder(url).listener(ManagerListener.NONE).withReplies().create();
  }

  private static List<String> subscribed(EmbeddedRedis redis) {
    return redis
        .ask("PUBSUB CHANNELS")
        .lines()
        .filter(line -> line.startsWith("starling:"))
        .toList();
  }

  /** The clients of the server, except the one that asks. */
  private static List<String> clients(EmbeddedRedis redis) {
    return redis
        .ask("CLIENT LIST")
        .lines()
        .filter(line -> line.contains("id=") && !line.contains("cmd=client"))
        .toList();
  }

  @Test
  void onRabbitMqAnEmitterHasNoQueueAndOneWithRepliesHasOneUntilItsConnectionEnds() {
    try (RabbitMqProcess rabbit = RabbitMqProcess.start();
        TcpProxy proxy = TcpProxy.open(rabbit.port())) {
      try (Emitter emitter = Emitter.create(rabbit.url())) {
        emit(emitter);
        assertThat(list(rabbit, "list_queues", "name")).isEmpty();
        assertThat(list(rabbit, "list_consumers", "queue_name")).isEmpty();
        assertThat(list(rabbit, "list_bindings", "source_name")).isEmpty();
        assertThat(list(rabbit, "list_connections", "name")).hasSize(1);
      }
      try (Emitter emitter = asking("amqp://127.0.0.1:" + proxy.port())) {
        emit(emitter);
        assertThat(list(rabbit, "list_queues", "exclusive")).containsExactly("true");
        assertThat(list(rabbit, "list_bindings", "routing_key"))
            .filteredOn(key -> key.startsWith("starling:"))
            .singleElement()
            .asString()
            .startsWith("starling:reply:");
        cutForGood(proxy);
        Awaitility.await()
            .pollInterval(ONE_SECOND)
            .atMost(Duration.ofSeconds(40))
            .untilAsserted(
                () ->
                    assertThat(list(rabbit, "list_queues", "name"))
                        .as("as after its death")
                        .isEmpty());
      }
    }
  }

  private static List<String> list(RabbitMqProcess rabbit, String what, String column) {
    return rabbit.control(what, "--no-table-headers", column);
  }

  @Test
  void onKafkaAnEmitterFetchesNothingAndOneWithRepliesUsesNoGroupOrTopicOfItsOwn()
      throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        Admin admin =
            Admin.create(Map.of("bootstrap.servers", kafka.url().replaceFirst("^kafka://", "")))) {
      long before = fetches();
      try (Emitter emitter = Emitter.create(kafka.url())) {
        emit(emitter);
        Awaitility.await()
            .during(ONE_SECOND)
            .atMost(Duration.ofSeconds(5))
            .untilAsserted(() -> assertThat(fetches()).isEqualTo(before));
      }
      try (Emitter emitter = asking(kafka.url())) {
        emit(emitter);
        Awaitility.await().untilAsserted(() -> assertThat(fetches()).isGreaterThan(before));
        assertThat(admin.listGroups().all().get()).isEmpty();
        assertThat(admin.listTopics().names().get()).containsExactly("starling");
      }
    }
  }

  /** How many fetches of consumers the broker in this JVM has answered. */
  private static long fetches() {
    Metric total =
        KafkaYammerMetrics.defaultRegistry().allMetrics().entrySet().stream()
            .filter(each -> isOfConsumers(each.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(null);
    return total == null ? 0 : ((Histogram) requireNonNull(total)).count();
  }

  private static boolean isOfConsumers(MetricName name) {
    return Stream.of("type=RequestMetrics", "name=TotalTimeMs", "request=FetchConsumer")
        .allMatch(name.getMBeanName()::contains);
  }
}
