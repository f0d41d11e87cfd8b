package io.starling.socketio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.starling.manager.local.LocalClientManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SocketIoServerConfigTest {
  @ParameterizedTest
  @CsvSource({
    "localhost:6379, no scheme",
    "nats://localhost, nats://",
    "redis://localhost:port, port",
    "redis://a;b/x, database",
    "redis://localhost?keep-tryin=true, keep-tryin",
    "amqp://localhost?prefetch, prefetch"
  })
  void aWrongUrlOfTheManagerIsAFaultOfTheConfiguration(String url, String named) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SocketIoServerConfig.builder().manager(url).build())
        .withMessageContaining(named)
        .withMessageContaining("(expected: ");
  }

  @Test
  void faultsOfTheManagersUrlStandAmongTheOthers() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                SocketIoServerConfig.builder()
                    .port(-1)
                    .manager("nats://user:secret@localhost")
                    .maxAttachments(0)
                    .build())
        .satisfies(
            e ->
                assertThat(String.valueOf(e.getMessage()).lines())
                    .hasSize(3)
                    .anyMatch(line -> line.startsWith("port: -1"))
                    .anyMatch(line -> line.startsWith("manager: nats:// (expected: one of "))
                    .anyMatch(line -> line.startsWith("maxAttachments: 0"))
                    .noneMatch(line -> line.contains("secret")));
  }

  @Test
  void aManagerThatIsGivenTakesThePlaceOfAUrl() {
    LocalClientManager manager = new LocalClientManager();

    assertThat(
            SocketIoServerConfig.builder().manager("nats://x").manager(manager).build().manager())
        .isSameAs(manager);
  }
}
