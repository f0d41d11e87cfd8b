package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Checks that a client passes, asynchronous ones among them, and what comes after. */
final class ConnectMiddlewareTest {
  private final ServerFixture server = new ServerFixture();
  private static final CompletableFuture<Object> PASSED =
      CompletableFuture.completedFuture("passed");

  private final List<Object> log = new ArrayList<>();
  private final CompletableFuture<String> pending = new CompletableFuture<>();

  @Test
  void middlewaresRunInTheOrderOfTheirAddition() {
    server
        .root()
        .use(socket -> log.add(1))
        .useAsync(socket -> later(2))
        .use(socket -> log.add(3))
        .onConnect(socket -> log.add("connect"));
    server.connect();

    assertThat(log).containsExactly(1, 2, 3, "connect");
  }

  @Test
  void pendingMiddlewareHoldsTheClientAndNoThread() {
    server.root().useAsync(socket -> pending).onConnect(socket -> log.add("connect"));
    FakeClient client = server.connect();
    FakeClient other = server.open();
    other.sends("0");
    server.run();

    assertThat(log).isEmpty();
    assertThat(client.took()).isEmpty();
    pending.complete("passed");
    assertThat(log).as("nothing runs on the completing thread").isEmpty();
    server.run();
    assertThat(log).containsExactly("connect", "connect");
    assertThat(other.took()).singleElement().asString().startsWith("0{");
  }

  @Test
  void stageThatFailsRefusesWithMessageAndData() {
    server
        .root()
        .useAsync(socket -> pending.thenApply(String::length))
        .use(socket -> log.add("next"));
    FakeClient client = server.connect();
    pending.completeExceptionally(new ConnectRefusedException("not you", Map.of("code", 7)));
    server.run();

    assertThat(client.took()).containsExactly("4{\"message\":\"not you\",\"data\":{\"code\":7}}");
    assertThat(log).isEmpty();
    assertThat(server.root().sockets()).isEmpty();
  }

  @Test
  void stageThatFailsOtherwiseTellsNothing() {
    server.root().useAsync(socket -> CompletableFuture.failedFuture(new Exception("secret")));
    FakeClient client = server.connectOnly();

    assertThat(client.took()).containsExactly("4{\"message\":\"Connection refused\"}");
    assertThat(server.listener.heard).containsExactly("connectRefused / Connection refused");
  }

  @Test
  void dataOfARefusalIsWrittenOffTheEventLoop() {
    server
        .root()
        .use(
            socket -> {
              throw new ConnectRefusedException("no", new Written(() -> log.add("written")));
            });
    server.open().sends("0");
    server.loop.runTurn();
    assertThat(log).isEmpty();

    server.handlers.runAll();

    assertThat(log).containsExactly("written");
  }

  @Test
  void dataOfARefusalThatCannotBeWrittenIsLeftOutAndTheSocketEnds() {
    server
        .root()
        .useAsync(
            socket -> {
              throw new ConnectRefusedException("no", new Written(ConnectMiddlewareTest::fail));
            });
    FakeClient client = server.connectOnly();

    assertThat(client.took()).containsExactly("4{\"message\":\"no\"}");
    assertThat(server.listener.heard).containsExactly("connectRefused / no");
  }

  @Test
  @SuppressWarnings("NullAway")
  void middlewareWithoutAStageRefuses() {
    server.root().useAsync(socket -> null);
    FakeClient client = server.connectOnly();

    assertThat(client.took()).containsExactly("4{\"message\":\"Connection refused\"}");
  }

  @Test
  void clientThatLeavesMeanwhileIsDisconnectedOnceItHasPassed() {
    server.root().useAsync(socket -> pending).onDisconnect((socket, reason) -> log.add(reason));
    FakeClient client = server.connectOnly();
    client.goesAway();
    server.run();
    assertThat(log).isEmpty();
    pending.complete("passed");
    server.run();

    assertThat(log).containsExactly(DisconnectReason.TRANSPORT_CLOSE);
    assertThat(server.root().sockets()).isEmpty();
  }

  @Test
  void secondConnectReplacesTheOneThatIsPendingAndIsAnsweredOnce() {
    server.namespaces.declare("/other");
    server.root().useAsync(socket -> log.add(socket) && log.size() == 1 ? pending : PASSED);
    FakeClient client = server.open();
    client.sends("0/other,");
    client.sends("0");
    server.run();
    client.took();
    client.sends("0");
    server.run();
    assertThat(client.took()).containsExactly("0{\"sid\":\"" + ((Socket) log.get(1)).id() + "\"}");
    pending.complete("late");
    server.run();

    assertThat(client.took()).isEmpty();
    assertThat(client.closed).isNull();
    assertThat(server.root().sockets()).hasSize(1);
    assertThat(server.namespaces.declare("/other").sockets()).hasSize(1);
  }

  @Test
  void connectThatWasReplacedIsNotRefusedTo() {
    server.root().useAsync(socket -> log.add(socket) && log.size() == 1 ? pending : PASSED);
    FakeClient client = server.connectOnly();
    client.sends("0");
    server.run();
    client.took();
    pending.completeExceptionally(new ConnectRefusedException("late"));
    server.run();

    assertThat(client.took()).isEmpty();
    assertThat(server.root().sockets()).hasSize(1);
  }

  @Test
  void socketOfAConnectThatWasReplacedReachesNobody() {
    server
        .root()
        .useAsync(
            socket -> {
              log.add(socket);
              socket.join("room");
              socket.emit("held");
              return log.size() == 1 ? pending : PASSED;
            });
    FakeClient client = server.connectOnly();
    client.sends("0");
    server.run();
    Socket replaced = (Socket) log.get(0);
    pending.complete("late");
    replaced.join("late");
    replaced.emit("late");
    replaced.disconnect();
    server.run();

    assertThat(client.took())
        .satisfiesExactly(
            reply -> assertThat(reply).contains(((Socket) log.get(1)).id().value()),
            event -> assertThat(event).isEqualTo("2[\"held\"]"));
    assertThat(server.root().sockets("room")).hasSize(1);
    assertThat(server.root().sockets("late")).isEmpty();
    assertThat(server.root().sockets(replaced.id().value())).isEmpty();
  }

  @Test
  void disconnectWithdrawsAConnectThatIsPending() {
    server.namespaces.declare("/other");
    server.root().useAsync(socket -> pending);
    FakeClient client = server.open();
    client.sends("0/other,");
    client.sends("0");
    client.sends("1");
    server.run();
    client.took();
    pending.complete("late");
    server.run();

    assertThat(client.took()).isEmpty();
    assertThat(client.closed).isNull();
    assertThat(server.root().sockets()).isEmpty();
  }

  @Test
  void broadcastWhileAMiddlewareIsPendingDoesNotReachTheClient() {
    server.root().use(socket -> socket.join("room")).useAsync(socket -> pending);
    FakeClient client = server.connectOnly();
    server.root().to("room").emit("secret");
    server.root().emit("secret");
    pending.completeExceptionally(new ConnectRefusedException("no"));
    server.run();

    assertThat(client.took()).containsExactly("4{\"message\":\"no\"}");
  }

  @Test
  void connectedHandlerReachesTheClientThroughItsRoom() {
    server.root().onConnect(socket -> socket.join("room"));
    server
        .root()
        .onConnected(
            socket -> {
              log.add(socket.connected());
              server.root().to("room").emit("joined");
            });
    FakeClient client = server.connectOnly();

    assertThat(log).containsExactly(true);
    assertThat(client.took())
        .satisfiesExactly(
            reply -> assertThat(reply).startsWith("0{\"sid\":"),
            event -> assertThat(event).isEqualTo("2[\"joined\"]"));
  }

  @Test
  void connectedHandlersRunInOrderBeforeTheFirstEvent() {
    server.root().onConnected(socket -> log.add(1)).onConnected(socket -> log.add(2));
    server.root().on("x", (socket, arguments, ack) -> log.add("x"));
    FakeClient client = server.open();
    client.sends("0");
    server.handlers.runAll();
    server.loop.runTurn();
    client.sends("2[\"x\"]");
    server.run();

    assertThat(log).containsExactly(1, 2, "x");
  }

  @Test
  void connectedHandlerThatFailsDisconnectsBeforeTheFirstEvent() {
    server
        .root()
        .onConnected(
            socket -> {
              throw new IllegalStateException("broken");
            });
    server.root().on("x", (socket, arguments, ack) -> log.add("x"));
    server.root().onDisconnect((socket, reason) -> log.add(reason));
    FakeClient client = server.open();
    client.sends("0");
    server.handlers.runAll();
    server.loop.runTurn();
    client.sends("2[\"x\"]");
    server.run();

    assertThat(client.took()).last().isEqualTo("1");
    assertThat(log).containsExactly(DisconnectReason.SERVER_NAMESPACE_DISCONNECT);
    assertThat(server.listener.heard).contains("handlerFailed connected broken");
  }

  @Test
  void refusedClientHasNoConnectedHandler() {
    server
        .root()
        .use(
            socket -> {
              throw new ConnectRefusedException("no");
            })
        .onConnected(socket -> log.add("connected"));
    server.connectOnly();

    assertThat(log).isEmpty();
  }

  @Test
  void disconnectingComesBeforeDisconnectAndBothSeeRoomsAndSession() {
    server
        .root()
        .onConnect(
            socket -> {
              socket.join("room");
              socket.session().put("name", "ann");
              socket.onDisconnecting((s, reason) -> log.add("own disconnecting"));
              socket.onDisconnect((s, reason) -> log.add("own disconnect"));
            })
        .onDisconnecting((socket, reason) -> log.add("disconnecting " + seen(socket)))
        .onDisconnect((socket, reason) -> log.add("disconnect " + seen(socket)));
    server.connect().goesAway();
    server.run();

    assertThat(log)
        .containsExactly(
            "own disconnecting", "disconnecting true ann", "own disconnect", "disconnect true ann");
  }

  @Test
  void disconnectingHandlerThatFailsDoesNotStopTheOthers() {
    server
        .root()
        .onDisconnecting(
            (socket, reason) -> {
              throw new IllegalStateException("broken");
            })
        .onDisconnect((socket, reason) -> log.add("disconnect"));
    server.connect().goesAway();
    server.run();

    assertThat(log).containsExactly("disconnect");
    assertThat(server.listener.heard).endsWith("handlerFailed disconnecting broken");
  }

  private static String seen(Socket socket) {
    return socket.rooms().contains("room") + " " + socket.session().get("name", String.class);
  }

  private CompletionStage<?> later(int number) {
    return CompletableFuture.runAsync(() -> log.add(number), server.callbacks);
  }

  private static void fail() {
    throw new LinkageError("of a serializer");
  }

  /** Data that does something when it is written. */
  record Written(@JsonIgnore Runnable whenWritten) {
    @JsonProperty
    int value() {
      whenWritten.run();
      return 1;
    }
  }
}
