package io.starling.integration.tls;

import static io.starling.integration.contract.Payloads.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.starling.integration.broker.KafkaProcess;
import io.starling.integration.broker.Ports;
import io.starling.integration.contract.FakeSocket;
import io.starling.integration.contract.TestHost;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.ClientManagerFactory;
import io.starling.manager.Operation;
import io.starling.manager.Recipients;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A broker that wants a user and a password (SASL/PLAIN). */
@Timeout(180)
final class KafkaSaslIT {
  private static final int PORT = Ports.free();

  private static KafkaProcess kafka;

  @BeforeAll
  static void open() {
    kafka =
        KafkaProcess.start(
            PORT,
            "SASL_PLAINTEXT",
            Map.of(
                "listener.name.second.sasl.enabled.mechanisms",
                "PLAIN",
                "listener.name.second.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required"
                    + " user_app=\"q\\\"u\\\\ote;\";"));
  }

  @AfterAll
  static void close() {
    kafka.close();
  }

  private static TestHost host(String credentials) {
    return TestHost.start(
        ClientManagerFactory.create("kafka://" + credentials + "@localhost:" + PORT));
  }

  @Test
  void aUserWithTheRightPasswordCarriesTheCluster() {
    try (TestHost a = host("app:q%22u%5Cote;");
        TestHost b = host("app:q%22u%5Cote;")) {
      FakeSocket onB = b.connect("on-b");
      a.perform(new Operation.Emit(Recipients.ALL, json("[\"let in\"]")));

      await().atMost(Duration.ofSeconds(20)).until(() -> onB.count() == 1);
      assertThat(onB.received()).containsExactly("[\"let in\"]");
    }
  }

  @Test
  void aWrongPasswordIsRefusedInOneLineWithoutThePassword() {
    assertThatThrownBy(() -> host("app:wrong-secret"))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(BackendUnavailableException.class)
        .message()
        .contains("Authentication failed")
        .doesNotContain("wrong-secret", "\n");
  }
}
