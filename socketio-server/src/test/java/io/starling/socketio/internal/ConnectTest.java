package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.engineio.CloseReason;
import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Socket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ConnectTest {
  private final ServerFixture server = new ServerFixture();
  private final List<Object> log = new ArrayList<>();

  @Test
  void acceptedClientIsToldItsId() {
    FakeClient client = server.open();
    client.sends("0");
    server.run();

    Socket socket = server.root().sockets().iterator().next();
    assertThat(client.took()).containsExactly("0{\"sid\":\"" + socket.id() + "\"}");
    assertThat(socket.id().value()).hasSize(20);
  }

  @Test
  void handlerSeesAuthAndHandshake() {
    server
        .root()
        .onConnect(
            socket -> {
              log.add(String.valueOf(socket.handshake().auth("token")));
              log.add(String.valueOf(socket.handshake().header("User-Agent")));
              log.add(String.valueOf(socket.handshake().query("EIO")));
            });
    server.open().sends("0{\"token\":\"123\"}");
    server.run();

    assertThat(log).containsExactly("123", "fake", "4");
  }

  @Test
  void replyGoesBeforeWhatTheHandlerEmits() {
    server.root().onConnect(socket -> socket.emit("auth", socket.handshake().auth()));
    FakeClient client = server.open();
    client.sends("0");
    server.run();

    assertThat(client.took())
        .satisfiesExactly(
            reply -> assertThat(reply).startsWith("0{\"sid\":"),
            event -> assertThat(event).isEqualTo("2[\"auth\",{}]"));
  }

  @Test
  void clientInAConnectHandlerIsNotInTheNamespaceYet() {
    server.root().use(socket -> socket.join("room"));
    server
        .root()
        .onConnect(
            socket -> {
              log.add(socket.rooms().size());
              server.root().emit("all");
              server.root().to("room").emit("room");
              log.add(server.root().sockets().size());
            });
    FakeClient client = server.open();
    client.sends("0");
    server.run();

    assertThat(log).containsExactly(2, 0);
    assertThat(client.took()).hasSize(1);
    server.root().to("room").emit("room");
    server.run();
    assertThat(client.took()).containsExactly("2[\"room\"]");
  }

  @Test
  void refusalTellsMessageAndData() {
    server
        .root()
        .use(
            socket -> {
              throw new ConnectRefusedException("not you", Map.of("code", 7));
            });
    FakeClient client = server.open();
    client.sends("0");
    server.run();

    assertThat(client.took()).containsExactly("4{\"message\":\"not you\",\"data\":{\"code\":7}}");
    assertThat(server.listener.heard).containsExactly("connectRefused / not you");
    assertThat(client.closed).isNull();
  }

  @Test
  void handlerThatFailsRefusesWithoutTellingWhy() {
    server
        .root()
        .onConnect(
            socket -> {
              socket.join("room");
              socket.emit("never");
              throw new IllegalStateException("secret");
            });
    server.root().onDisconnect((socket, reason) -> log.add(reason));
    FakeClient client = server.open();
    client.sends("0");
    server.run();
    server.root().to("room").emit("room");
    server.root().emit("all");
    client.goesAway();
    server.run();

    assertThat(client.took()).containsExactly("4{\"message\":\"Connection refused\"}");
    assertThat(log).isEmpty();
    assertThat(server.root().sockets()).isEmpty();
  }

  static Stream<Throwable> failures() {
    return Stream.of(
        new ConnectRefusedException("no"),
        new IllegalStateException("runtime"),
        new ClassCastException("wrong type"),
        new IOException("checked"),
        new AssertionError("error"),
        new StackOverflowError());
  }

  @ParameterizedTest
  @MethodSource("failures")
  void clientThatIsRefusedHasNeverBeenIn(Throwable failure) {
    server.root().use(socket -> log.add("connect"));
    server.root().onConnect(socket -> fail(socket, failure));
    server.root().on("x", (socket, event, ack) -> log.add("event"));
    server.root().onDisconnect((socket, reason) -> log.add("disconnect"));
    FakeClient client = server.open();
    client.sends("0");
    server.run();
    server.root().emit("after");
    server.run();

    assertThat(client.took()).singleElement().asString().startsWith("4{\"message\":\"");
    assertThat(server.root().sockets()).isEmpty();
    client.sends("2[\"x\"]");
    server.run();
    assertThat(client.closed).isEqualTo(CloseReason.FORCED_CLOSE);
    assertThat(log).containsExactly("connect");
  }

  private void fail(Socket socket, Throwable failure) throws Exception {
    socket.join("room");
    server.root().emit("during");
    server.root().to("room").emit("during");
    if (failure instanceof Error error) {
      throw error;
    }
    throw (Exception) failure;
  }

  @Test
  void clientIsInAtOnceWhereNobodyIsAsked() {
    server.root().on("x", (socket, event, ack) -> log.add("event"));
    FakeClient client = server.open();
    client.sends("0");
    client.sends("2[\"x\"]");
    server.run();

    assertThat(log).containsExactly("event");
  }

  @Test
  void eventWhileTheConnectHandlerRunsClosesTheConnection() {
    server.root().use(socket -> {});
    server.root().on("x", (socket, event, ack) -> log.add("event"));
    FakeClient client = server.open();
    client.sends("0");
    client.sends("2[\"x\"]");
    server.run();

    assertThat(client.closed).isEqualTo(CloseReason.FORCED_CLOSE);
    assertThat(log).isEmpty();
    assertThat(server.root().sockets()).isEmpty();
  }

  @Test
  void refusedClientMayAskAgain() {
    server
        .root()
        .use(
            socket -> {
              if (socket.handshake().auth("token") == null) {
                throw new ConnectRefusedException("no token");
              }
            });
    FakeClient client = server.open();
    client.sends("0");
    server.run();
    client.sends("0{\"token\":\"1\"}");
    server.run();

    assertThat(client.took()).hasSize(2).last().asString().startsWith("0{");
  }

  @Test
  void unknownNamespaceIsRefused() {
    FakeClient client = server.open();
    client.sends("0/random");
    server.run();

    assertThat(client.took()).containsExactly("4/random,{\"message\":\"Invalid namespace\"}");
    assertThat(client.closed).isNull();
  }

  @Test
  void namespacesOfOneConnectionAreApart() {
    server.namespaces.declare("/custom").onConnect(socket -> socket.emit("here"));
    FakeClient client = server.connect();
    client.sends("0/custom,");
    server.run();

    assertThat(client.took()).hasSize(2).last().isEqualTo("2/custom,[\"here\"]");
    client.sends("1/custom,");
    server.run();
    assertThat(server.listener.heard).endsWith("disconnected /custom client namespace disconnect");
    assertThat(client.closed).isNull();
    server.root().emit("still");
    server.run();
    assertThat(client.took()).containsExactly("2[\"still\"]");
  }

  @Test
  void connectionThatJoinsNothingInTimeIsClosed() {
    FakeClient client = server.open();
    server.loop.advance(Duration.ofSeconds(44));
    assertThat(client.closed).isNull();
    server.loop.advance(Duration.ofSeconds(1));

    assertThat(client.closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
  }

  @Test
  void refusalDoesNotStopTheConnectTimeout() {
    FakeClient client = server.open();
    server.loop.advance(Duration.ofSeconds(44));
    client.sends("0/random");
    server.run();
    server.loop.advance(Duration.ofSeconds(1));

    assertThat(client.closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
  }

  @Test
  void connectionThatJoinedStays() {
    FakeClient client = server.connect();
    client.sends("1");
    server.run();
    server.loop.advance(Duration.ofMinutes(5));

    assertThat(client.closed).isNull();
  }

  @Test
  void clientThatLeavesWhileItsHandlerRunsIsDisconnectedAfterIt() {
    server.root().onConnect(socket -> log.add("connect"));
    server.root().onDisconnect((socket, reason) -> log.add(reason));
    FakeClient client = server.open();
    client.sends("0");
    client.goesAway();
    server.run();

    assertThat(log).containsExactly("connect", DisconnectReason.TRANSPORT_CLOSE);
    assertThat(server.root().sockets()).isEmpty();
    assertThat(client.took()).isEmpty();
  }

  @Test
  void handlerThatOutlivesTheLoopsStillHasItsDisconnect() {
    server.root().onConnect(socket -> log.add("connect"));
    server.root().onDisconnect((socket, reason) -> log.add(reason));
    FakeClient client = server.open();
    client.sends("0");
    client.goesAway();
    server.loop.end();
    server.run();

    assertThat(log).containsExactly("connect", DisconnectReason.TRANSPORT_CLOSE);
  }

  @Test
  void whatTheHandlerSentComesBeforeABroadcastThatFindsTheSocketAtOnce() {
    server.root().onConnect(socket -> socket.emit("welcome"));
    server.listener.onceConnected = () -> server.root().emit("news");
    FakeClient client = server.open();
    client.sends("0");
    server.run();

    assertThat(client.took()).endsWith("2[\"welcome\"]", "2[\"news\"]");
  }

  @Test
  void eventBeforeConnectClosesTheConnection() {
    FakeClient client = server.open();
    client.sends("2[\"early\"]");
    server.run();

    assertThat(client.closed).isEqualTo(CloseReason.FORCED_CLOSE);
    assertThat(server.listener.heard)
        .containsExactly("packetRefused namespace: / (expected: one that the client is in)");
  }

  @Test
  void attachmentsOfAClientThatIsNowhereAreNotKept() {
    FakeClient client = server.open();
    client.sends("51-[\"early\",{\"_placeholder\":true,\"num\":0}]");
    server.run();

    assertThat(client.closed).isEqualTo(CloseReason.FORCED_CLOSE);
  }

  @Test
  void connectErrorFromAClientClosesTheConnection() {
    FakeClient client = server.connect();
    client.sends("4{}");
    server.run();

    assertThat(client.closed).isEqualTo(CloseReason.FORCED_CLOSE);
  }

  @Test
  void clientThatJoinsAndLeavesFasterThanItsHandlersRunIsClosed() {
    server.root().onConnect(socket -> log.add("connect"));
    FakeClient client = server.open();
    for (int i = 0; i <= ServerFixture.MAX_PENDING_EVENTS; i++) {
      client.sends("0");
      client.sends("1");
    }
    server.run();

    assertThat(client.closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
    assertThat(log).hasSize(ServerFixture.MAX_PENDING_EVENTS);
  }

  @Test
  void clientThatWaitsMayJoinAndLeaveAsOftenAsItLikes() {
    FakeClient client = server.open();
    for (int i = 0; i <= ServerFixture.MAX_PENDING_EVENTS; i++) {
      client.sends("0");
      server.run();
      client.sends("1");
      server.run();
    }

    assertThat(client.closed).isNull();
    assertThat(client.took()).hasSize(ServerFixture.MAX_PENDING_EVENTS + 1);
  }
}
