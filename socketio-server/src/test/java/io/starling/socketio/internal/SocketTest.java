package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.engineio.CloseReason;
import io.starling.manager.AckTimeoutException;
import io.starling.protocol.payload.Arguments;
import io.starling.socketio.Ack;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Socket;
import io.starling.socketio.SocketDisconnectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class SocketTest {
  private final ServerFixture server = new ServerFixture();
  private final List<Object> log = new ArrayList<>();

  @Test
  void eventReachesItsHandlerWithItsArguments() {
    server.root().on("chat", (socket, arguments, ack) -> log.add(arguments.toList()));
    server.connect().sends("2[\"chat\",1,\"2\",{\"3\":[true]}]");
    server.run();

    assertThat(log).containsExactly(List.of(1, "2", Map.of("3", List.of(true))));
  }

  @Test
  void typedHandlerGetsItsType() {
    server.root().on("move", Position.class, (socket, position, ack) -> log.add(position));
    server.connect().sends("2[\"move\",{\"x\":1,\"y\":2}]");
    server.run();

    assertThat(log).containsExactly(new Position(1, 2));
  }

  @Test
  void argumentThatDoesNotFitItsTypeCountsAsAFailure() {
    server.root().on("move", Position.class, (socket, position, ack) -> log.add(position));
    FakeClient client = server.connect();
    client.sends("21[\"move\",\"north\"]");
    client.sends("22[\"move\"]");
    server.run();

    assertThat(log).isEmpty();
    assertThat(server.listener.heard)
        .filteredOn(line -> line.startsWith("handlerFailed move argument 0: "))
        .hasSize(2);
    assertThat(client.took()).isEmpty();
  }

  @Test
  void handlerOfTheSocketGoesBeforeTheNamespaces() {
    server.root().onConnect(socket -> socket.on("who", (arguments, ack) -> log.add("socket")));
    server.root().on("who", (socket, arguments, ack) -> log.add("namespace"));
    server.connect().sends("2[\"who\"]");
    server.run();

    assertThat(log).containsExactly("socket");
  }

  @Test
  void secondHandlerAndReservedNameAreRefused() {
    server.root().on("a", (socket, arguments, ack) -> {});

    assertThatThrownBy(() -> server.root().on("a", (socket, arguments, ack) -> {}))
        .hasMessage("event: a again (expected: one handler)");
    assertThatThrownBy(() -> server.root().on("disconnect", (socket, arguments, ack) -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void eventWithoutHandlerIsIgnored() {
    FakeClient client = server.connect();
    client.sends("21[\"nobody\"]");
    server.run();

    assertThat(client.took()).isEmpty();
    assertThat(client.closed).isNull();
  }

  @Test
  void eventsAreHandledInTheirOrder() {
    server.root().on("n", (socket, arguments, ack) -> log.add(arguments.get(0)));
    FakeClient client = server.connect();
    client.sends("2[\"n\",1]");
    client.sends("2[\"n\",2]");
    client.sends("2[\"n\",3]");
    server.run();

    assertThat(log).containsExactly(1, 2, 3);
  }

  @Test
  void handlerThatFailsSendsNoAckAndKeepsTheConnection() {
    server
        .root()
        .on(
            "bad",
            (socket, arguments, ack) -> {
              throw new IllegalStateException("broken");
            });
    FakeClient client = server.connect();
    client.sends("21[\"bad\"]");
    server.run();

    assertThat(client.took()).isEmpty();
    assertThat(client.closed).isNull();
    assertThat(server.listener.heard).endsWith("handlerFailed bad broken");
  }

  @Test
  void ackEchoesItsId() {
    server.root().on("ask", (socket, arguments, ack) -> ack.send(1, "2", List.of(false)));
    FakeClient client = server.connect();
    client.sends("2456[\"ask\"]");
    server.run();

    assertThat(client.took()).containsExactly("3456[1,\"2\",[false]]");
  }

  @Test
  void ackMayBeSentLaterButOnce() {
    List<Ack> acks = new ArrayList<>();
    server.root().on("ask", (socket, arguments, ack) -> acks.add(ack));
    FakeClient client = server.connect();
    client.sends("20[\"ask\"]");
    server.run();
    acks.get(0).send();
    server.run();

    assertThat(client.took()).containsExactly("30[]");
    assertThatThrownBy(() -> acks.get(0).send()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void ackThatNobodyWaitsForIsNotSent() {
    server
        .root()
        .on(
            "tell",
            (socket, arguments, ack) -> {
              log.add(ack.expected());
              ack.send(1);
            });
    FakeClient client = server.connect();
    client.sends("2[\"tell\"]");
    server.run();

    assertThat(log).containsExactly(false);
    assertThat(client.took()).isEmpty();
  }

  @Test
  void binaryTravelsBothWays() {
    server
        .root()
        .on("echo", (socket, arguments, ack) -> ack.send(arguments.get(0), arguments.get(1)));
    FakeClient client = server.connect();
    client.sends(
        "52-789[\"echo\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
    client.sendsBinary("one");
    client.sendsBinary("two");
    server.run();

    assertThat(client.took())
        .containsExactly(
            "62-789[{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]",
            "b:one",
            "b:two");
  }

  @Test
  void clientsAnswerCompletesTheStage() {
    FakeClient client = server.connect();
    CompletableFuture<Arguments> answer = ask();
    assertThat(client.took()).containsExactly("20[\"ask\"]");
    client.sends("30[42]");
    server.run();

    assertThat(answer.join().get(0)).isEqualTo(42);
    assertThat(server.deadlines.pending()).isZero();
  }

  @Test
  void silenceFailsTheStageInTime() {
    server.connect();
    CompletableFuture<Arguments> answer = ask();
    assertThat(server.deadlines.delays).containsExactly(Duration.ofSeconds(10));
    server.deadlines.passAll();
    server.run();

    assertThatThrownBy(answer::join).hasCauseInstanceOf(AckTimeoutException.class);
  }

  @Test
  void leavingFailsTheStageAtOnce() {
    FakeClient client = server.connect();
    CompletableFuture<Arguments> answer = ask();
    client.goesAway();
    server.run();

    assertThatThrownBy(answer::join).hasCauseInstanceOf(SocketDisconnectedException.class);
    assertThat(server.deadlines.pending()).isZero();
  }

  @Test
  void socketThatHasLeftFailsTheStageAtOnce() {
    FakeClient client = server.connect();
    Socket socket = onlySocket();
    client.goesAway();
    server.run();
    CompletableFuture<Arguments> answer = socket.emitWithAck("ask").toCompletableFuture();
    server.run();

    assertThatThrownBy(answer::join).hasCauseInstanceOf(SocketDisconnectedException.class);
  }

  @Test
  void ackWithAnIdThatNobodyKnowsIsIgnored() {
    FakeClient client = server.connect();
    client.sends("399[]");
    server.run();

    assertThat(client.closed).isNull();
  }

  @Test
  void broadcastLeavesOutItsSender() {
    server.root().on("say", (socket, arguments, ack) -> socket.broadcast().emit("said"));
    FakeClient sender = server.connect();
    FakeClient other = server.connect();
    sender.sends("2[\"say\"]");
    server.run();

    assertThat(sender.took()).isEmpty();
    assertThat(other.took()).containsExactly("2[\"said\"]");
  }

  @Test
  void allAcksOfABroadcastAreGathered() {
    FakeClient first = server.connect();
    FakeClient second = server.connect();
    var answers = server.root().broadcast().emitWithAck("ask").toCompletableFuture();
    server.run();
    assertThat(first.took()).isEqualTo(second.took()).containsExactly("20[\"ask\"]");
    first.sends("30[1]");
    second.goesAway();
    server.run();

    assertThat(answers.join().answers()).hasSize(1);
    assertThat(answers.join().complete()).isFalse();
    assertThat(server.deadlines.pending()).isZero();
  }

  @Test
  void volatileEventIsDroppedForAClientThatDoesNotKeepUp() {
    FakeClient slow = server.connect();
    slow.writable = false;
    server.root().broadcast().asVolatile().emit("tick");
    server.root().emit("tock");
    server.run();
    slow.keepsUp();

    assertThat(slow.took()).containsExactly("2[\"tock\"]");
  }

  @Test
  void disconnectComesAfterWhatWasSentBefore() {
    server.root().onDisconnect((socket, reason) -> log.add(reason));
    FakeClient client = server.connect();
    Socket socket = onlySocket();
    socket.emit("bye");
    socket.disconnect();
    socket.emit("never");
    server.run();

    assertThat(client.took()).containsExactly("2[\"bye\"]", "1");
    assertThat(client.closed).isNull();
    assertThat(log).containsExactly(DisconnectReason.SERVER_NAMESPACE_DISCONNECT);
  }

  @Test
  void disconnectWithCloseEndsAllNamespaces() {
    server.namespaces.declare("/custom");
    FakeClient client = server.connect();
    client.sends("0/custom,");
    server.run();
    client.took();
    onlySocket().disconnect(true);
    server.run();

    assertThat(client.took()).containsExactly("1", "1/custom,");
    assertThat(client.closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
    assertThat(server.listener.heard)
        .endsWith(
            "disconnected / server namespace disconnect",
            "disconnected /custom server namespace disconnect");
  }

  @Test
  void packetsOnTheirWayWhenTheServerDisconnectsAreForgiven() {
    server.root().on("late", (socket, arguments, ack) -> log.add("late"));
    FakeClient client = server.connect();
    onlySocket().disconnect();
    server.run();
    client.sends("2[\"late\"]");
    client.sends("30[]");
    client.sends("1");
    server.run();

    assertThat(client.closed).isNull();
    assertThat(log).isEmpty();
  }

  @Test
  void disconnectHandlerRunsOnceAfterTheLastEventAndSeesTheRooms() {
    server.root().onConnect(socket -> socket.join("room"));
    server.root().on("last", (socket, arguments, ack) -> log.add("last"));
    server
        .root()
        .onDisconnect(
            (socket, reason) -> {
              log.add(reason);
              log.add(socket.rooms().contains("room"));
            });
    FakeClient client = server.connect();
    client.sends("2[\"last\"]");
    client.goesAway();
    client.goesAway();
    server.run();

    assertThat(log).containsExactly("last", DisconnectReason.TRANSPORT_CLOSE, true);
  }

  @Test
  void handlerThreadIsWokenAfterWhatTheLoopHasToDo() {
    server.root().on("x", (socket, arguments, ack) -> log.add("x"));
    FakeClient client = server.connect();
    server.loop.execute(() -> log.add("task"));
    client.sends("2[\"x\"]");
    assertThat(server.handlers.runAll()).isFalse();

    server.run();

    assertThat(log).containsExactly("task", "x");
  }

  @Test
  void handlerThreadIsWokenWithinATurnThatBringsManyEvents() {
    server.root().on("x", (socket, arguments, ack) -> log.add("x"));
    FakeClient client = server.connect();
    client.sends("2[\"x\"]");
    client.sends("2[\"x\"]");

    assertThat(server.handlers.runAll()).isTrue();
    assertThat(log).containsExactly("x", "x");
  }

  @Test
  void executorThatFailsCostsTheClientItsConnection() {
    server.root().onDisconnect((socket, reason) -> log.add(reason));
    FakeClient client = server.connect();
    client.sends("2[\"x\"]");
    server.handlers.broken = true;
    assertThatThrownBy(server.loop::runTurn).hasMessage("broken");
    server.handlers.broken = false;

    server.run();

    assertThat(client.closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
    assertThat(log).containsExactly(DisconnectReason.FORCED_SERVER_CLOSE);
  }

  @Test
  void eventsThatWaitWhenTheServerDisconnectsAreDropped() {
    server
        .root()
        .on(
            "quit",
            (socket, arguments, ack) -> {
              log.add("quit");
              socket.disconnect();
              server.loop.runTurn();
            });
    FakeClient client = server.connect();
    client.sends("2[\"quit\"]");
    client.sends("2[\"quit\"]");
    server.run();

    assertThat(log).containsExactly("quit");
  }

  @Test
  void disconnectHandlerThatFailsDoesNotStopTheOthers() {
    server
        .root()
        .onConnect(
            socket ->
                socket.onDisconnect(
                    (s, reason) -> {
                      throw new IllegalStateException("broken");
                    }));
    server.root().onDisconnect((socket, reason) -> log.add("second"));
    server.connect().goesAway();
    server.run();

    assertThat(log).containsExactly("second");
    assertThat(server.listener.heard).endsWith("handlerFailed disconnect broken");
  }

  @Test
  void operationsOnASocketThatHasLeftDoNothing() {
    FakeClient client = server.connect();
    Socket socket = onlySocket();
    client.goesAway();
    server.run();
    client.took();
    socket.emit("x");
    socket.join("room");
    socket.leave("room");
    socket.disconnect(true);
    server.run();

    assertThat(client.took()).isEmpty();
    assertThat(socket.rooms()).containsExactly(socket.id().value());
  }

  @Test
  void socketThatHasLeftCannotCloseTheConnection() {
    server.namespaces.declare("/custom");
    FakeClient client = server.connect();
    Socket socket = onlySocket();
    client.sends("0/custom,");
    client.sends("1");
    server.run();
    socket.disconnect(true);
    server.run();

    assertThat(client.closed).isNull();
    assertThat(server.namespaces.declare("/custom").sockets()).hasSize(1);
  }

  @Test
  void argumentThatCannotBeSentFailsBeforeAnythingIsSent() {
    FakeClient client = server.connect();
    Socket socket = onlySocket();

    assertThatThrownBy(() -> socket.emit("x", new Object()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> socket.emit("connect")).isInstanceOf(IllegalArgumentException.class);
    server.run();
    assertThat(client.took()).isEmpty();
  }

  @Test
  void socketWhoseDisconnectHandlerFailsIsForgotten() {
    server
        .root()
        .onDisconnect(
            (socket, reason) -> {
              throw new IllegalStateException("broken");
            });
    FakeClient client = server.connect();
    Socket socket = onlySocket();
    socket.join("room");
    client.goesAway();
    server.run();

    assertThat(server.root().sockets()).isEmpty();
    assertThat(server.root().rooms().rooms(socket.id())).isEmpty();
  }

  @Test
  void roomWithoutANameIsARoomLikeAnyOther() {
    FakeClient client = server.connect();
    server.root().to("").emit("x");
    server.root().closeRoom("");
    server.run();

    assertThat(client.took()).isEmpty();
    server.root().emit("y");
    server.run();
    assertThat(client.took()).containsExactly("2[\"y\"]");
  }

  @Test
  void socketThatLeavesItsOwnRoomIsStillReachedById() {
    FakeClient client = server.connect();
    String id = onlySocket().id().value();
    onlySocket().leave(id);
    server.root().to(id).emit("x");
    server.run();

    assertThat(client.took()).containsExactly("2[\"x\"]");
  }

  private CompletableFuture<Arguments> ask() {
    CompletableFuture<Arguments> answer = onlySocket().emitWithAck("ask").toCompletableFuture();
    server.run();
    return answer;
  }

  private Socket onlySocket() {
    return server.root().sockets().iterator().next();
  }

  record Position(int x, int y) {}
}
