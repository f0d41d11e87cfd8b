package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.engineio.TransportKind;
import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.ServerCount;
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
    assertThat(now().get(ServerCount.CONNECTED)).isEqualTo(2);
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

    assertThat(now().get(ServerCount.CONNECTS_REFUSED)).isEqualTo(2);
    assertThat(now().get(ServerCount.CONNECTED)).isZero();
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
    assertThat(now().get(ServerCount.EVENTS_HANDLED)).isZero();
    server.run();

    assertThat(now().pendingEvents()).isZero();
    assertThat(now().get(ServerCount.EVENTS_RECEIVED)).isEqualTo(2);
    assertThat(now().get(ServerCount.EVENTS_HANDLED)).isEqualTo(1);
    assertThat(now().get(ServerCount.HANDLERS_FAILED)).isEqualTo(1);
    assertThat(now().get(ServerCount.HANDLER_NANOS)).isPositive();
    assertThat(now().get(ServerCount.MESSAGES_RECEIVED)).isEqualTo(3);
    assertThat(now().get(ServerCount.BYTES_RECEIVED)).isEqualTo("0".length() + 9 + 19);
  }

  @Test
  void anEmitIsOneAndItsMessagesAreAsManyAsItsRecipients() {
    server.connect();
    server.connect();
    long before = now().get(ServerCount.MESSAGES_SENT);
    server.root().emit("hello");
    server.run();

    assertThat(now().get(ServerCount.EMITS)).isEqualTo(1);
    assertThat(now().get(ServerCount.MESSAGES_SENT) - before).isEqualTo(2);
    assertThat(now().get(ServerCount.BYTES_SENT)).isPositive();
  }

  @Test
  void whoBreaksTheProtocolIsCounted() {
    server.connect().sends("nonsense");
    server.run();

    assertThat(now().get(ServerCount.PACKETS_REFUSED)).isEqualTo(1);
  }

  private ServerStatistics now() {
    return server
        .endpoint
        .counters()
        .snapshot(server.endpoint.engine(), server.namespaces.present());
  }
}
