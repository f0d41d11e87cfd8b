package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.AckTimeoutException;
import io.starling.socketio.Socket;
import io.starling.socketio.SocketDisconnectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SocketOperatorTest {
  private final ServerFixture server = new ServerFixture();
  private final FakeClient client = server.connect();
  private final Socket socket = server.root().sockets().iterator().next();

  @Test
  void sendIsTheEventMessage() {
    socket.send("hi", 1);
    server.root().send("all");
    server.root().to(socket.id().value()).send();
    server.run();

    assertThat(client.took())
        .containsExactly("2[\"message\",\"hi\",1]", "2[\"message\",\"all\"]", "2[\"message\"]");
  }

  @Test
  void volatileEventIsDroppedForThisClientWhenItDoesNotKeepUp() {
    client.writable = false;
    socket.asVolatile().emit("tick");
    socket.emit("tock");
    server.run();
    client.keepsUp();

    assertThat(client.took()).containsExactly("2[\"tock\"]");
  }

  @Test
  void compressionIsAskedForUnlessSwitchedOff() {
    socket.emit("a");
    socket.compress(false).emit("b");
    socket.compress(false).compress(true).emit("c");
    server.run();

    assertThat(client.compressed).contains("2[\"a\"]", "2[\"c\"]").doesNotContain("2[\"b\"]");
  }

  @Test
  void timeoutIsThatOfTheOperator() {
    socket.timeout(Duration.ofSeconds(3)).asVolatile().emitWithAck("ask");

    assertThat(server.deadlines.delays).containsExactly(Duration.ofSeconds(3));
    assertThatIllegalArgumentException().isThrownBy(() -> socket.timeout(Duration.ZERO));
  }

  @Test
  void volatileEventThatWantsAnAckIsDroppedAndNotAnswered() {
    client.writable = false;
    var answer = socket.asVolatile().emitWithAck("ask").toCompletableFuture();
    server.run();
    server.deadlines.passAll();
    server.run();

    assertThat(client.took()).isEmpty();
    assertThatThrownBy(answer::join).hasCauseInstanceOf(AckTimeoutException.class);
  }

  @Test
  void callGivesWhatTheClientAnswers() throws InterruptedException {
    whenAsked(() -> client.sends("30[42]"));

    assertThat(socket.call("ask").get(0)).isEqualTo(42);
    assertThat(client.took()).containsExactly("20[\"ask\"]");
  }

  @Test
  void callFailsWhenItsTimeIsUp() {
    whenAsked(server.deadlines::passAll);

    assertThatThrownBy(() -> socket.timeout(Duration.ofSeconds(3)).call("ask"))
        .isInstanceOf(AckTimeoutException.class)
        .hasMessageContaining("3000 ms");
  }

  @Test
  void callFailsAtOnceWhenTheClientLeaves() {
    whenAsked(client::goesAway);

    assertThatThrownBy(() -> socket.call("ask")).isInstanceOf(SocketDisconnectedException.class);
    assertThat(server.deadlines.pending()).isZero();
  }

  @Test
  void callFailsAtOnceWhenTheClientHasLeft() {
    client.goesAway();
    server.run();
    server.loop.outside = true;

    assertThatThrownBy(() -> socket.call("ask")).isInstanceOf(SocketDisconnectedException.class);
    assertThat(server.deadlines.pending()).isZero();
  }

  @Test
  void callFailsAtOnceInAConnectHandler() {
    server.loop.outside = true;
    List<Throwable> failures = new ArrayList<>();
    server
        .root()
        .onConnect(
            connecting -> {
              try {
                connecting.call("ask");
              } catch (IllegalStateException e) {
                failures.add(e);
              }
            });
    server.connect();

    assertThat(failures)
        .singleElement()
        .extracting(Throwable::getMessage)
        .asString()
        .startsWith("call: /#")
        .endsWith(" is connecting (expected: connected)");
  }

  @Test
  void callFailsAtOnceOnAnEventLoop() {
    List<Throwable> failures = new ArrayList<>();
    server.loop.execute(
        () -> {
          try {
            socket.call("ask");
          } catch (IllegalStateException | InterruptedException e) {
            failures.add(e);
          }
        });
    server.run();

    assertThat(failures)
        .singleElement()
        .extracting(Throwable::getMessage)
        .isEqualTo("call: on an event loop (expected: a thread that may wait)");
  }

  @Test
  void callThatCannotBeSentWaitsForNothing() {
    assertThatIllegalArgumentException().isThrownBy(() -> socket.call("ask", new Object()));
    server.run();
    assertThat(client.took()).isEmpty();
  }

  /** What the other end of a call does; no callback thread runs meanwhile. */
  private void whenAsked(Runnable action) {
    server.loop.outside = true;
    server.deadlines.onceSet =
        () -> {
          server.loop.runTurn();
          action.run();
          server.loop.runTurn();
        };
  }
}
