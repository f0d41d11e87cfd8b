package io.starling.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.socketio.SocketIoServerConfig;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EngineIoConfigTest {
  @Test
  void theDefaultsAreTheOfficialServers() {
    EngineIoConfig config = SocketIoServerConfig.builder().build().engine();

    assertThat(config.pingInterval()).hasSeconds(25);
    assertThat(config.pingTimeout()).hasSeconds(20);
    assertThat(config.upgradeTimeout()).hasSeconds(10);
    assertThat(config.maxPayloadBytes()).isEqualTo(1_000_000);
    assertThat(config.transports())
        .containsExactlyInAnyOrder(TransportKind.POLLING, TransportKind.WEBSOCKET);
  }

  @Test
  void allFaultsAreReportedTogether() {
    SocketIoServerConfig.Builder faulty =
        SocketIoServerConfig.builder()
            .pingInterval(Duration.ZERO)
            .maxPayloadBytes(0)
            .transports(Set.of());

    assertThatThrownBy(faulty::build)
        .hasMessage(
            """
            pingInterval: PT0S (expected: PT0.001S to PT24H)
            maxPayloadBytes: 0 (expected: > 0)
            transports: [] (expected: at least one)\
            """);
  }
}
