package io.starling.socketio.netty;

import static io.starling.socketio.netty.EchoServer.POLLING;
import static io.starling.socketio.netty.EchoServer.WEBSOCKET;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.engineio.TransportKind;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TransportsWireTest {
  private static final String UNKNOWN = "{\"code\":0,\"message\":\"Transport unknown\"}";

  @Test
  void withBothAPollingSessionMayUpgrade() {
    try (EchoServer server = new EchoServer()) {
      assertThat(server.get(POLLING).body()).contains("\"upgrades\":[\"websocket\"]");
    }
  }

  @Test
  void withPollingOnlyNoUpgradeIsOfferedAndNoneAccepted() {
    try (EchoServer server = only(TransportKind.POLLING);
        RawConnection connection = server.connect();
        RawConnection late = server.connect()) {
      RawConnection.Response handshake = server.get(POLLING);

      assertThat(handshake.body()).contains("\"upgrades\":[]");
      assertThat(connection.upgrade(WEBSOCKET).status()).isEqualTo(400);
      String sid = server.sessions.keySet().iterator().next();
      assertThat(late.upgrade(WEBSOCKET + "&sid=" + sid).status()).isEqualTo(400);
    }
  }

  @Test
  void withWebSocketOnlyPollingIsUnknown() {
    try (EchoServer server = only(TransportKind.WEBSOCKET);
        RawConnection connection = server.connect()) {
      RawConnection.Response response = server.get(POLLING);

      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body()).isEqualTo(UNKNOWN);
      assertThat(connection.upgrade(WEBSOCKET).status()).isEqualTo(101);
      assertThat(connection.text()).contains("\"upgrades\":[]");
    }
  }

  private static EchoServer only(TransportKind kind) {
    return new EchoServer(engine -> engine.transports(Set.of(kind)), transport -> transport);
  }
}
