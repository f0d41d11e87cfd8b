package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.engineio.CloseReason;
import io.starling.manager.SocketId;
import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A client that did not wait for the answer to its first CONNECT before it left and came back. */
final class SecondConnectTest {
  private static final CompletableFuture<Object> PASSED =
      CompletableFuture.completedFuture("passed");

  private final ServerFixture server = new ServerFixture();
  private final List<Object> log = new ArrayList<>();
  private final CompletableFuture<String> pending = new CompletableFuture<>();

  private Socket onlySocket() {
    assertThat(server.root().sockets()).hasSize(1);
    return server.root().sockets().iterator().next();
  }

  @Test
  void secondConnectReplacesTheSocketAndIsAnsweredOnce() {
    server.root().onDisconnect((socket, reason) -> log.add(reason.text()));
    FakeClient client = server.connect();
    SocketId first = onlySocket().id();
    client.sends("0");
    server.run();

    assertThat(onlySocket().id()).isNotEqualTo(first);
    assertThat(client.took()).containsExactly("0{\"sid\":\"" + onlySocket().id() + "\"}");
    assertThat(log).containsExactly("client namespace disconnect");
    assertThat(client.closed).isNull();
  }

  @Test
  void otherNamespacesOfTheConnectionAreUntouched() {
    server.namespaces.declare("/other").onDisconnect((socket, reason) -> log.add(reason));
    FakeClient client = server.connect();
    client.sends("0/other,");
    server.run();
    client.sends("0");
    server.run();

    assertThat(server.namespaces.declare("/other").sockets()).hasSize(1);
    assertThat(log).isEmpty();
  }

  @Test
  void secondConnectIsJudgedWithItsOwnAuth() {
    server
        .root()
        .use(
            socket -> {
              if (socket.handshake().auth("token") == null) {
                throw new ConnectRefusedException("no token");
              }
            });
    FakeClient client = server.open();
    client.sends("0{\"token\":1}");
    server.run();
    client.took();
    client.sends("0");
    server.run();

    assertThat(client.took()).containsExactly("4{\"message\":\"no token\"}");
    assertThat(server.root().sockets()).isEmpty();
  }

  @Test
  void roomsOfTheFirstAreGone() {
    server.root().on("join", (socket, arguments, ack) -> socket.join("room"));
    FakeClient client = server.connect();
    client.sends("2[\"join\"]");
    server.run();
    client.sends("0");
    server.run();

    assertThat(server.root().sockets("room")).isEmpty();
    assertThat(onlySocket().rooms()).containsExactly(onlySocket().id().value());
  }

  @Test
  void handlersOfTheFirstHaveRunBeforeThoseOfTheSecond() {
    Handlers organisations =
        server.namespaces.declare((name, handshake) -> name.startsWith("/org-"));
    organisations
        .use(socket -> log.add("use"))
        .onConnect(socket -> log.add("connect"))
        .onConnected(socket -> log.add("connected"))
        .on("x", (socket, arguments, ack) -> log.add("x"))
        .onDisconnect((socket, reason) -> log.add("disconnect"));
    FakeClient client = server.open();
    client.sends("0/org-1,");
    server.run();
    log.clear();
    client.sends("2/org-1,[\"x\"]");
    client.sends("0/org-1,");
    client.sends("0/org-1,");
    server.run();

    assertThat(log).containsExactly("x", "disconnect", "use", "connect", "connected");
  }

  @Test
  void whatTheClientSendsToTheFirstWhileTheSecondIsJudgedIsForgiven() {
    server
        .root()
        .useAsync(socket -> log.add("use") && log.size() == 2 ? pending : PASSED)
        .on("x", (socket, arguments, ack) -> log.add("x"));
    FakeClient client = server.connect();
    client.sends("0");
    server.run();
    client.sends("2[\"x\"]");
    client.sends("30[]");
    server.run();
    assertThat(client.closed).isNull();
    pending.complete("passed");
    server.run();
    client.sends("2[\"x\"]");
    server.run();

    assertThat(log).containsExactly("use", "use", "x");
  }

  @Test
  void forgivenessEndsWhenTheSecondIsIn() {
    FakeClient client = server.connect();
    client.sends("0");
    client.sends("1");
    client.sends("2[\"x\"]");
    server.run();

    assertThat(client.closed).isEqualTo(CloseReason.FORCED_CLOSE);
  }

  @Test
  void clientThatLeavesWhileTheSecondIsJudgedIsNotAnswered() {
    server.root().useAsync(socket -> log.add("use") && log.size() == 2 ? pending : PASSED);
    FakeClient client = server.connect();
    client.sends("0");
    client.sends("1");
    pending.complete("passed");
    server.run();

    assertThat(client.took()).isEmpty();
    assertThat(server.root().sockets()).isEmpty();
    assertThat(client.closed).isNull();
  }

  @Test
  void connectsWithoutEndAreRefusedBeforeTheirHandlersPileUp() {
    server.root().onDisconnect((socket, reason) -> log.add("disconnect"));
    FakeClient client = server.connect();
    for (int i = 0; i <= ServerFixture.MAX_PENDING_EVENTS; i++) {
      client.sends("0");
    }
    server.loop.runTurn();

    assertThat(client.closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
  }
}
