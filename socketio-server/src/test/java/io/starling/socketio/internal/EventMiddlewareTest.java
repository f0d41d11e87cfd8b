package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.socketio.AnyEventHandler;
import io.starling.socketio.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one socket's events pass before their handlers. */
final class EventMiddlewareTest {
  private final ServerFixture server = new ServerFixture();
  private final List<Object> log = new ArrayList<>();
  private final CompletableFuture<String> pending = new CompletableFuture<>();
  private final FakeClient client = server.connect();
  private final Socket socket = server.root().sockets().iterator().next();

  @BeforeEach
  void handle() {
    server.root().on("x", (s, arguments, ack) -> log.add("x" + arguments.toList()));
    server.root().onDisconnect((s, reason) -> log.add("disconnect"));
  }

  @Test
  void middlewaresRunInOrderBeforeTheHandler() {
    socket
        .use((event, arguments) -> log.add(event + arguments.toList() + 1))
        .useAsync(
            (event, arguments) -> CompletableFuture.runAsync(() -> log.add(2), server.callbacks))
        .use((event, arguments) -> log.add(3));
    sends("2[\"x\",0]");

    assertThat(log).containsExactly("x[0]1", 2, 3, "x[0]");
  }

  @Test
  void refusedEventHasNoHandlerAndNoAck() {
    socket.use(
        (event, arguments) -> {
          throw new IllegalStateException("not allowed");
        });
    socket.use((event, arguments) -> log.add("next"));
    sends("27[\"x\"]");

    assertThat(log).isEmpty();
    assertThat(client.took()).isEmpty();
    assertThat(client.closed).isNull();
    assertThat(server.listener.heard).endsWith("eventRefused x not allowed");
  }

  @Test
  void stageThatFailsRefusesTheEventAlone() {
    socket.useAsync((event, arguments) -> arguments.isEmpty() ? pending : Steps.DONE);
    sends("2[\"x\"]");
    sends("2[\"x\",2]");
    pending.completeExceptionally(new IllegalStateException("not allowed"));
    server.run();

    assertThat(log).containsExactly("x[2]");
    assertThat(server.listener.heard).endsWith("eventRefused x not allowed");
  }

  @Test
  void eventsWaitForOneThatIsBeingCheckedAndNoThreadDoes() {
    socket.useAsync((event, arguments) -> arguments.isEmpty() ? pending : Steps.DONE);
    sends("2[\"x\"]");
    sends("2[\"x\",2]");
    assertThat(log).isEmpty();
    pending.complete("passed");
    assertThat(log).as("nothing runs on the completing thread").isEmpty();
    server.run();

    assertThat(log).containsExactly("x[]", "x[2]");
  }

  @Test
  void otherSocketsDoNotWait() {
    socket.useAsync((event, arguments) -> pending);
    sends("2[\"x\"]");
    FakeClient other = server.connect();
    other.sends("2[\"x\",2]");
    server.run();

    assertThat(log).containsExactly("x[2]");
  }

  @Test
  void disconnectHandlersWaitForTheLastCheck() {
    socket.useAsync((event, arguments) -> pending);
    sends("2[\"x\"]");
    client.goesAway();
    server.run();
    assertThat(log).isEmpty();
    pending.complete("passed");
    server.run();

    assertThat(log).containsExactly("x[]", "disconnect");
  }

  @Test
  void eventThatPassesAfterTheServerDisconnectedIsDropped() {
    socket.useAsync((event, arguments) -> pending);
    sends("2[\"x\"]");
    socket.disconnect();
    server.run();
    pending.complete("passed");
    server.run();

    assertThat(log).containsExactly("disconnect");
  }

  @Test
  void eventsThatWaitForACheckAreBounded() {
    socket.useAsync((event, arguments) -> pending);
    for (int i = 0; i <= ServerFixture.MAX_PENDING_EVENTS; i++) {
      sends("2[\"x\"]");
    }

    assertThat(client.reading).isFalse();
    assertThat(client.closed).isNull();
  }

  @Test
  void listenersHearEventsBeforeMiddlewaresAndWithoutHandlers() {
    socket.use((event, arguments) -> log.add("middleware"));
    socket.onAny((event, arguments) -> log.add(event + arguments.toList()));
    sends("2[\"nobody\",1]");

    assertThat(log).containsExactly("nobody[1]", "middleware");
  }

  @Test
  void listenerThatFailsIsReportedAndTheEventGoesOn() {
    socket.onAny(
        (event, arguments) -> {
          throw new IllegalStateException("broken");
        });
    sends("2[\"x\"]");

    assertThat(log).containsExactly("x[]");
    assertThat(server.listener.heard).endsWith("handlerFailed x broken");
  }

  @Test
  void listenerThatWasTakenAwayHearsNothing() {
    AnyEventHandler listener = (event, arguments) -> log.add(event);
    socket.offAny(listener);
    socket.onAny(listener).offAny(listener);
    sends("2[\"y\"]");

    assertThat(log).isEmpty();
  }

  @Test
  void handlerThatWasTakenAwayLeavesTheEventToTheNamespace() {
    socket.on("x", (arguments, ack) -> log.add("own"));
    socket.off("x").off("never");
    sends("2[\"x\"]");

    assertThat(log).containsExactly("x[]");
  }

  @Test
  void secondHandlerOfASocketIsRefused() {
    socket.on("x", (arguments, ack) -> {});

    assertThatThrownBy(() -> socket.on("x", (arguments, ack) -> {}))
        .hasMessage("event: x again (expected: one handler)");
    assertThatThrownBy(() -> socket.on("disconnecting", (arguments, ack) -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void sends(String packet) {
    client.sends(packet);
    server.run();
  }
}
