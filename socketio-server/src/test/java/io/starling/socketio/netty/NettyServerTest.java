package io.starling.socketio.netty;

import static io.starling.socketio.netty.EchoServer.POLLING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.starling.engineio.CloseReason;
import io.starling.socketio.transport.IoKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NettyServerTest {
  @ParameterizedTest
  @EnumSource(IoKind.class)
  void everyKindOfInputAndOutputServes(IoKind kind) {
    Skip.unlessAvailable(kind);
    try (EchoServer server = new EchoServer(transport -> transport.io(kind));
        RawConnection socket = server.openWebSocket()) {
      assertThat(server.netty.io()).isEqualTo(kind);
      socket.sendText("4hello");
      assertThat(socket.text()).isEqualTo("4hello");
      String session = server.openPolling();
      server.post(session, "4hello");
      assertThat(server.get(session).body()).isEqualTo("4hello");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void withoutAHostBothFamiliesOfAddressesAreServed(String host) throws IOException {
    Skip.unless(InetAddress.getByName(host).isReachable(1000), host + ": not reachable");
    try (EchoServer server = new EchoServer();
        RawConnection connection =
            new RawConnection(new InetSocketAddress(host, server.address.getPort()))) {
      assertThat(connection.get(POLLING).status()).isEqualTo(200);
    }
  }

  @Test
  void aPortInUseIsNamedAndNothingIsLeftBehind() {
    try (EchoServer first = new EchoServer()) {
      NettyServerConfig config =
          EchoServer.config(Optional.empty(), first.address.getPort(), "second");

      assertThatThrownBy(() -> new NettyServer(config).start())
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage("port: " + first.address.getPort() + " (expected: a free port)");
    }
    assertNoThreads("starling-second-");
  }

  @Test
  void aHostThatIsNotOursIsNamed() {
    NettyServerConfig config = EchoServer.config(Optional.of("192.0.2.1"), 0, "1");

    assertThatThrownBy(() -> new NettyServer(config).start())
        .hasMessage("host: 192.0.2.1 (expected: an address of this machine)");
  }

  @Test
  void closingTellsEveryClientAndLeavesNoThread() {
    EchoServer server = new EchoServer();
    String session = server.openPolling();
    try (RawConnection socket = server.openWebSocket();
        RawConnection poll = server.connect();
        RawConnection idle = server.connect()) {
      poll.send("GET", session, "");
      assertThat(idle.get("/nowhere").status()).isEqualTo(404);
      await().until(server.session(session)::writable);
      CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);

      assertThat(poll.receive().body()).isEqualTo("1");
      assertThat(socket.closeStatus()).isEqualTo(1005);
      assertThat(idle.ended()).isTrue();
      closed.join();
    }
    server.close();
    assertThat(server.closed)
        .containsExactly(CloseReason.SERVER_SHUTTING_DOWN, CloseReason.SERVER_SHUTTING_DOWN);
    assertNoThreads("starling-echo-");
  }

  @Test
  void thePortIsFreeAtOnceAfterClosing() {
    EchoServer first = new EchoServer();
    int port = first.address.getPort();
    try (RawConnection socket = first.openWebSocket()) {
      CompletableFuture<Void> closed = CompletableFuture.runAsync(first::close);
      assertThat(socket.closeStatus()).isEqualTo(1005);
      closed.join();
    }
    try (EchoServer second =
        new EchoServer(engine -> engine, transport -> transport, netty -> netty.port(port))) {
      assertThat(second.get(POLLING).status()).isEqualTo(200);
    }
  }

  private static void assertNoThreads(String prefix) {
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith(prefix)));
  }
}
