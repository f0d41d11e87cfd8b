package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.engineio.CloseReason;
import io.starling.engineio.TransportKind;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Handshake;
import io.starling.socketio.Socket;
import io.starling.socketio.SocketIoListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** User code that throws an Error where an exception is expected at most. */
class UserErrorsTest {
  private final ServerFixture server = new ServerFixture(config -> config.listener(new Failing()));
  private final List<Object> log = new ArrayList<>();

  @Test
  void listenerThatFailsEveryTimeLeavesNoSocketDeaf() {
    server
        .root()
        .on(
            "bad",
            (socket, arguments, ack) -> {
              throw new AssertionError("handler");
            });
    server.root().on("good", (socket, arguments, ack) -> ack.send());
    server.root().onDisconnect((socket, reason) -> log.add(reason));
    FakeClient client = server.connect();
    client.sends("2[\"bad\"]");
    client.sends("2[\"bad\"]");
    client.sends("20[\"good\"]");
    server.run();
    client.sends("21[\"good\"]");
    server.run();

    assertThat(client.took()).containsExactly("30[]", "31[]");
    assertThat(client.closed).isNull();
    client.goesAway();
    server.run();
    assertThat(log).containsExactly(DisconnectReason.TRANSPORT_CLOSE);
    assertThat(server.root().sockets()).isEmpty();
  }

  @Test
  void argumentThatCannotBeMadeCostsItsEventOnly() {
    server.root().on("user", Unmakeable.class, (socket, user, ack) -> ack.send());
    server.root().on("good", (socket, arguments, ack) -> ack.send());
    FakeClient client = server.connect();
    client.sends("20[\"user\",{\"name\":\"ann\"}]");
    client.sends("21[\"good\"]");
    server.run();

    assertThat(client.took()).containsExactly("31[]");
  }

  @Test
  void answerThatCannotBeWrittenCostsItsEventOnly() {
    server.root().answer("user", (socket, arguments) -> new Unwritable());
    server
        .root()
        .answer(
            "later", (socket, arguments) -> CompletableFuture.completedFuture(new Unwritable()));
    server.root().on("good", (socket, arguments, ack) -> ack.send());
    FakeClient client = server.connect();
    client.sends("20[\"user\"]");
    client.sends("21[\"later\"]");
    client.sends("22[\"good\"]");
    server.run();

    assertThat(client.took()).containsExactly("32[]");
  }

  @Test
  void middlewareThatFailsCostsItsEventOnly() {
    server
        .root()
        .onConnect(
            socket ->
                socket.use(
                    (event, arguments) -> {
                      if (event.equals("bad")) {
                        throw new AssertionError("middleware");
                      }
                    }));
    server.root().on("good", (socket, arguments, ack) -> ack.send());
    FakeClient client = server.connect();
    client.sends("2[\"bad\"]");
    client.sends("20[\"good\"]");
    server.run();

    assertThat(client.took()).containsExactly("30[]");
  }

  @Test
  void connectHandlerThatFailsRefusesItsClientOnly() {
    List<Socket> asked = new ArrayList<>();
    server
        .root()
        .onConnect(
            socket -> {
              asked.add(socket);
              if (asked.size() == 1) {
                throw new AssertionError("connect");
              }
            });
    FakeClient client = server.connectOnly();
    assertThat(client.took()).containsExactly("4{\"message\":\"Connection refused\"}");
    client.sends("0");
    server.run();

    assertThat(client.took()).singleElement().asString().startsWith("0{");
  }

  @Test
  void predicateThatFailsRefusesItsClientOnly() {
    List<String> asked = new ArrayList<>();
    server.namespaces.declare(
        (name, handshake) -> {
          asked.add(name);
          if (asked.size() == 1) {
            throw new AssertionError("predicate");
          }
          return true;
        });
    FakeClient client = server.connect();
    client.sends("0/x,");
    server.run();
    assertThat(client.took()).containsExactly("4/x,{\"message\":\"Connection refused\"}");
    client.sends("0/x,");
    server.run();

    assertThat(client.took()).singleElement().asString().startsWith("0/x,{");
  }

  @Test
  void collectorThatFailsKeepsNoOtherAckFromItsDeadline() {
    server.connect();
    server.connect();
    List<DefaultSocket> asked = new ArrayList<>();
    server.root().sockets().forEach(socket -> asked.add((DefaultSocket) socket));
    AckRequest request =
        new AckRequest(
            7,
            asked,
            (socket, answer) -> {
              log.add(socket);
              throw new AssertionError("collector");
            });
    request.expect();
    request.expireBy(server.deadlines, Duration.ofSeconds(1));
    server.deadlines.passAll();

    assertThat(log).containsExactlyInAnyOrder(asked.get(0).id(), asked.get(1).id());
  }

  @Test
  void executorThatFailsOffTheLoopOnceCostsNothing() {
    CompletableFuture<@Nullable Void> checked = new CompletableFuture<>();
    server.root().onConnect(socket -> socket.useAsync((event, arguments) -> checked));
    server.root().on("x", (socket, arguments, ack) -> log.add("x"));
    FakeClient client = server.connect();
    client.sends("2[\"x\"]");
    client.sends("2[\"x\"]");
    server.run();
    server.loop.outside = true;
    checked.complete(null);
    server.handlers.runOne();
    server.handlers.brokenOnce = true;
    server.run();

    assertThat(client.closed).isNull();
    assertThat(log).containsExactly("x", "x");
  }

  @Test
  void executorThatFailsOffTheLoopForGoodCostsTheClientItsConnection() {
    CompletableFuture<@Nullable Void> checked = new CompletableFuture<>();
    server.root().onConnect(socket -> socket.useAsync((event, arguments) -> checked));
    server.root().onDisconnect((socket, reason) -> log.add(reason));
    FakeClient client = server.connect();
    client.sends("2[\"x\"]");
    client.sends("2[\"x\"]");
    server.run();
    server.loop.outside = true;
    checked.complete(null);
    server.handlers.broken = true;
    server.handlers.runOne();
    assertThatThrownBy(server.loop::runTurn).hasMessage("broken");
    server.handlers.broken = false;
    server.run();

    assertThat(client.closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
    assertThat(log).containsExactly(DisconnectReason.FORCED_SERVER_CLOSE);
  }

  /** Hears everything and fails at it. */
  private static final class Failing implements SocketIoListener {
    @Override
    public void sessionOpened(Handshake handshake, TransportKind transport) {
      throw new AssertionError("listener");
    }

    @Override
    public void sessionClosed(Handshake handshake, DisconnectReason reason) {
      throw new AssertionError("listener");
    }

    @Override
    public void connected(Socket socket) {
      throw new AssertionError("listener");
    }

    @Override
    public void disconnected(Socket socket, DisconnectReason reason) {
      throw new AssertionError("listener");
    }

    @Override
    public void connectRefused(
        String namespace, Handshake handshake, String message, @Nullable Throwable cause) {
      throw new AssertionError("listener");
    }

    @Override
    public void handlerFailed(Socket socket, String event, Throwable cause) {
      throw new AssertionError("listener");
    }

    @Override
    public void eventRefused(Socket socket, String event, Throwable cause) {
      throw new AssertionError("listener");
    }

    @Override
    public void handshakeRefused(Handshake handshake, String detail) {
      throw new AssertionError("listener");
    }
  }

  record Unmakeable(String name) {
    Unmakeable {
      if (!name.isEmpty()) {
        throw new StackOverflowError();
      }
    }
  }

  /** An object whose property fails when the mapper reads it. */
  public record Unwritable(String name) {
    Unwritable() {
      this("ann");
    }

    @Override
    public String name() {
      if (!name.isEmpty()) {
        throw new AssertionError("mapper");
      }
      return name;
    }
  }
}
