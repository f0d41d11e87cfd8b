package io.starling.manager.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.BackendUnavailableException;
import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import io.starling.manager.pubsub.PubSubSettings;
import io.starling.manager.pubsub.UrlParameters;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaBackendProviderTest {
  private static PubSubBackend create(String url) {
    return new KafkaBackendProvider().create(BackendUrl.parse(url), "test");
  }

  @Test
  void nothingBehindTheSchemeIsLocalhost() {
    assertThat(create("kafka://")).hasToString("kafka://localhost:9092");
    assertThat(create("kafka://h1,h2:9093/topic")).hasToString("kafka://h1:9092,h2:9093");
  }

  @Test
  void thePathIsThePrefix() {
    KafkaBackendProvider provider = new KafkaBackendProvider();
    assertThat(provider.prefix(BackendUrl.parse("kafka://h/orders"))).isEqualTo("orders");
    assertThat(provider.prefix(BackendUrl.parse("kafka://h/"))).isNull();
    assertThat(provider.prefix(BackendUrl.parse("kafka://h"))).isNull();
  }

  @Test
  void allFaultsAreListedAtOnce() {
    assertThatThrownBy(
            () ->
                create(
                    "kafka://:secret@h?partitions=0&replication=x&retention-seconds=1"
                        + "&create=no&ca=x&kafka.acks=0&kafka.nonsense=1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("url: no user (expected: user:password@)")
        .hasMessageContaining("ca: not here (expected: with kafkas://)")
        .hasMessageContaining("partitions: 0 (expected: 1 to 1000)")
        .hasMessageContaining("replication: x (expected: a whole number)")
        .hasMessageContaining("retention-seconds: 1 (expected: at least 60)")
        .hasMessageContaining("create: no (expected: true or false)")
        .hasMessageContaining("kafka.acks: not here")
        .hasMessageContaining("kafka.nonsense: unknown")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"request.timeout.ms", "default.api.timeout.ms", "allow.auto.create.topics"})
  void whatStarlingSetsItselfIsRefusedInsteadOfOverwritten(String property) {
    assertThatThrownBy(() -> create("kafka://h?kafka." + property + "=1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("kafka." + property + ": not here");
  }

  @Test
  void propertiesOfTheClientsPassThroughAndAreNotShown() {
    assertThat(
            create(
                "kafka://h?kafka.security.protocol=SASL_SSL&kafka.sasl.jaas.config=hidden%20words"))
        .hasToString("kafka://h:9092");
  }

  @Test
  void credentialsAndTheSchemeBecomePropertiesOfTheClients() {
    assertThat(security("kafka://me:a%22b%5C@h"))
        .containsEntry("security.protocol", "SASL_PLAINTEXT")
        .containsEntry("sasl.mechanism", "PLAIN")
        .containsEntry(
            "sasl.jaas.config",
            "org.apache.kafka.common.security.plain.PlainLoginModule required"
                + " username=\"me\" password=\"a\\\"b\\\\\";");
    assertThat(security("kafkas://h?verify=ca"))
        .containsEntry("security.protocol", "SSL")
        .containsEntry("ssl.endpoint.identification.algorithm", "");
    assertThat(security("kafkas://me:x@h")).containsEntry("security.protocol", "SASL_SSL");
    assertThat(security("kafka://h")).isEmpty();
  }

  private static Map<String, Object> security(String text) {
    BackendUrl url = BackendUrl.parse(text);
    Map<String, Object> properties = new HashMap<>();
    KafkaSecurity.add(url, new UrlParameters(url), properties);
    return properties;
  }

  @Test
  void aPropertyThatTheUrlAlreadyStandsForIsRefused() {
    assertThatThrownBy(
            () ->
                create(
                    "kafkas://me:secret@h?kafka.security.protocol=PLAINTEXT"
                        + "&kafka.sasl.mechanism=GSSAPI&ca=%2Fnot%2Fthere"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("kafka.security.protocol: not here")
        .hasMessageContaining("kafka.sasl.mechanism: GSSAPI (expected: PLAIN, ")
        .hasMessageContaining("ca: /not/there (expected: a file with certificates in PEM)")
        .hasMessageNotContaining("secret");
  }

  @Test
  void whatNobodyReadsWithoutChecksOfTheBrokerIsRefused() {
    assertThatThrownBy(
            () -> create("kafkas://h?verify=none&ca=x&kafka.ssl.keystore.location=mine.jks"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "ca: not here (expected: without verify=none)\n"
                + "kafka.ssl.keystore.location: not here (expected: without verify=none)");
  }

  @Test
  void aLoginThatNoMechanismUsesIsRefused() {
    assertThatThrownBy(() -> create("kafkas://h?kafka.sasl.jaas.config=hidden"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "kafka.sasl.mechanism: missing (expected: with every other kafka.sasl property)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "words", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"})
  void aFileWithoutCertificatesIsRefused(String content, @TempDir Path folder) throws Exception {
    Path ca = Files.writeString(folder.resolve("ca.pem"), content);

    assertThatThrownBy(() -> create("kafkas://h?partitions=0&ca=" + ca))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("partitions: 0 (expected: 1 to 1000)")
        .hasMessageContaining("ca: " + ca + " (expected: a file with certificates in PEM)");
  }

  @Test
  void aPathThatCannotBeIsOneFaultOfSeveral() {
    assertThatThrownBy(() -> create("kafkas://h?ca=a%00b&kafka.nonsense=1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(expected: a file with certificates in PEM)")
        .hasMessageContaining("kafka.nonsense: unknown");
  }

  @Test
  void theCommandForAMissingTopicIsComplete() {
    KafkaTopic two = new KafkaTopic("kafkas://h:9092", "app", false, 3, 2, Duration.ofHours(1));
    KafkaTopic most = new KafkaTopic("kafka://h:9092", "app", false, 3, -1, Duration.ofHours(1));
    String command =
        "kafka-topics.sh --bootstrap-server h:9092 --create --topic app --partitions 3";

    assertThat(two.command())
        .isEqualTo(
            command
                + " --replication-factor 2 --config min.insync.replicas=1 --config retention.ms=3600000");
    assertThat(most.command())
        .isEqualTo(
            command
                + " --replication-factor 3 --config min.insync.replicas=2 --config retention.ms=3600000");
  }

  @Test
  void aBrokerThatIsNotThereIsNamedInOneLine() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    PubSubBackend nowhere = create("kafka://127.0.0.1:" + port);

    assertThatThrownBy(
            () ->
                nowhere
                    .start(
                        EnumSet.allOf(Direction.class), PubSubSettings.DEFAULTS, new NoListener())
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessage(
            "kafka://127.0.0.1:"
                + port
                + "/starling: no answer in time (expected: a Kafka broker that answers)");
  }

  @Test
  void closingWhileABrokerKeepsSilentIsQuick() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      PubSubBackend connecting = create("kafka://127.0.0.1:" + silent.getLocalPort());
      connecting
          .start(
              EnumSet.allOf(Direction.class),
              PubSubSettings.DEFAULTS.withKeepTrying(true),
              new NoListener())
          .toCompletableFuture()
          .get(20, TimeUnit.SECONDS);
      silent.accept();
      long from = System.nanoTime();
      connecting.close(Duration.ofSeconds(5));

      assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(2));
    }
  }

  private static final class NoListener implements Listener {
    @Override
    public void frame(String channel, ByteBuffer frame) {}

    @Override
    public void connectionLost(Direction direction, @Nullable Throwable cause) {}

    @Override
    public void connectionRestored(Direction direction) {}
  }
}
