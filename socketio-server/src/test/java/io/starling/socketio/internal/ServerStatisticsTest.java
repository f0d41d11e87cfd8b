package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.engineio.TransportKind;
import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.ServerStatistics;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a server counts. */
class ServerStatisticsTest {
  private final ServerFixture server = new ServerFixture();

  @Test
  void connectionsAndSocketsAreThoseOfNow() {
    FakeClient first = server.connect();
    server.connect();
    assertThat(now().sockets()).isEqualTo(Map.of("/", 2));
    assertThat(now().connections().values().stream().mapToInt(count -> count).sum()).isEqualTo(2);
    assertThat(now().connections()).containsOnlyKeys(TransportKind.values());

    first.sends("1");
    server.run();
    assertThat(now().sockets()).isEqualTo(Map.of("/", 1));
    assertThat(now().connected()).isEqualTo(2);
    assertThat(now().disconnects())
        .containsEntry(DisconnectReason.CLIENT_NAMESPACE_DISCONNECT, 1L)
        .containsEntry(DisconnectReason.SLOW_CONSUMER, 0L);
  }

  @Test
  void whoIsNotLetInIsCounted() {
    server
        .root()
        .use(
            socket -> {
              throw new ConnectRefusedException("no");
            });
    FakeClient client = server.open();
    client.sends("0");
    client.sends("0/nowhere,");
    server.run();

    assertThat(now().connectsRefused()).isEqualTo(2);
    assertThat(now().connected()).isZero();
  }

  @Test
  void eventsAreCountedWhenTheyComeAndWhenTheyAreHandled() {
    server
        .root()
        .on(
            "fail",
            (socket, arguments, ack) -> {
              throw new IllegalStateException("no");
            });
    FakeClient client = server.connect();
    client.sends("2[\"fail\"]");
    client.sends("2[\"nobody listens\"]");
    assertThat(now().pendingEvents()).isEqualTo(2);
    assertThat(now().eventsHandled()).isZero();
    server.run();

    assertThat(now().pendingEvents()).isZero();
    assertThat(now().eventsReceived()).isEqualTo(2);
    assertThat(now().eventsHandled()).isEqualTo(1);
    assertThat(now().handlersFailed()).isEqualTo(1);
    assertThat(now().handlerTime()).isPositive();
    assertThat(now().messagesReceived()).isEqualTo(3);
    assertThat(now().bytesReceived()).isEqualTo("0".length() + 9 + 19);
  }

  @Test
  void anEmitIsOneAndItsMessagesAreAsManyAsItsRecipients() {
    server.connect();
    server.connect();
    long before = now().messagesSent();
    server.root().emit("hello");
    server.run();

    assertThat(now().emits()).isEqualTo(1);
    assertThat(now().messagesSent() - before).isEqualTo(2);
    assertThat(now().bytesSent()).isPositive();
  }

  @Test
  void whoBreaksTheProtocolIsCounted() {
    server.connect().sends("nonsense");
    server.run();

    assertThat(now().packetsRefused()).isEqualTo(1);
  }

  private ServerStatistics now() {
    return server
        .endpoint
        .counters()
        .snapshot(server.endpoint.engine(), server.namespaces.present());
  }
}
