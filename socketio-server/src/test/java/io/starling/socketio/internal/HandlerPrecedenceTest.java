package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.Socket;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which handler has an event when several could. */
final class HandlerPrecedenceTest {
  private final ServerFixture server = new ServerFixture();
  private final List<Object> log = new ArrayList<>();

  @Test
  void theNamespacesHandlerOfTheEventComesFirst() {
    server.root().on("x", (socket, arguments, ack) -> log.add("own"));
    server.root().onOther((socket, event, ack) -> log.add("other"));
    server.endpoint.anyNamespace().on("x", (socket, arguments, ack) -> log.add("any"));
    receives("2[\"x\"]");

    assertThat(log).containsExactly("own");
  }

  @Test
  void theNamespacesHandlerOfOtherEventsComesSecond() {
    server
        .root()
        .onOther(
            (socket, event, ack) -> log.add(event.name() + event.arguments().toList() + "other"));
    server.endpoint.anyNamespace().on("x", (socket, arguments, ack) -> log.add("any"));
    receives("2[\"x\",1]");

    assertThat(log).containsExactly("x[1]other");
  }

  @Test
  void theEventsHandlerOfAnyNamespaceComesThird() {
    server
        .endpoint
        .anyNamespace()
        .on("x", (socket, arguments, ack) -> log.add(socket.namespace().name()))
        .onOther((socket, event, ack) -> log.add("any other"));
    receives("2[\"x\"]");

    assertThat(log).containsExactly("/");
  }

  @Test
  void theHandlerOfOtherEventsOfAnyNamespaceComesLast() {
    server
        .endpoint
        .anyNamespace()
        .onOther((socket, event, ack) -> ack.send(socket.namespace().name(), event.name()));
    FakeClient client = receives("27[\"x\"]");

    assertThat(client.took()).containsExactly("37[\"/\",\"x\"]");
  }

  @Test
  void connectAndDisconnectAreNoOtherEvents() {
    server.root().onOther((socket, event, ack) -> log.add(event.name()));
    server.endpoint.anyNamespace().onOther((socket, event, ack) -> log.add(event.name()));
    server.connect().goesAway();
    server.run();

    assertThat(log).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "connect, onConnect",
    "connection, onConnect",
    "disconnect, onDisconnect",
    "disconnecting, onDisconnecting",
    "connect_error, connectRefused",
    "newListener, reserved",
    "removeListener, reserved"
  })
  void eventThatNeverComesIsRefusedWithWhatHearsOfItInstead(String event, String instead) {
    server.connect();
    Socket socket = server.root().sockets().iterator().next();
    List<ThrowingCallable> registrations =
        List.of(
            () -> server.root().on(event, (s, arguments, ack) -> {}),
            () -> server.root().on(event, String.class, (s, argument, ack) -> {}),
            () -> server.root().answer(event, (s, arguments) -> 1),
            () -> server.endpoint.anyNamespace().on(event, (s, arguments, ack) -> {}),
            () -> socket.on(event, (arguments, ack) -> {}));

    assertThat(registrations)
        .allSatisfy(
            registration ->
                assertThatThrownBy(registration)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("event: " + event + " (expected: ")
                    .hasMessageContaining(instead));
  }

  @Test
  void connectAndDisconnectReachAnyNamespace() {
    server
        .endpoint
        .anyNamespace()
        .onConnect(socket -> log.add("connect"))
        .onDisconnecting((socket, reason) -> log.add("disconnecting"))
        .onDisconnect((socket, reason) -> log.add("disconnect"));
    server.connect().goesAway();
    server.run();

    assertThat(log).containsExactly("connect", "disconnecting", "disconnect");
  }

  @Test
  void connectAndDisconnectHandlersOfTheNamespaceReplaceThoseOfAnyNamespace() {
    server
        .endpoint
        .anyNamespace()
        .onConnect(socket -> log.add("any connect"))
        .onDisconnect((socket, reason) -> log.add("any disconnect"));
    server
        .root()
        .onConnect(socket -> log.add("connect"))
        .onDisconnect((socket, reason) -> log.add("disconnect"));
    server.connect().goesAway();
    server.run();

    assertThat(log).containsExactly("connect", "disconnect");
  }

  @Test
  void middlewaresOfAnyNamespaceGuardThoseOfTheNamespaceToo() {
    server.root().use(socket -> log.add("own"));
    server.root().onConnect(socket -> log.add("connect"));
    server
        .endpoint
        .anyNamespace()
        .use(
            socket -> {
              log.add("any");
              if (socket.handshake().auth("token") == null) {
                throw new ConnectRefusedException("no token");
              }
            });
    FakeClient client = server.open();
    client.sends("0");
    server.run();
    client.sends("0{\"token\":\"1\"}");
    server.run();

    assertThat(log).containsExactly("any", "any", "own", "connect");
    assertThat(client.took()).hasSize(2).first().isEqualTo("4{\"message\":\"no token\"}");
  }

  @Test
  void handlersOfAnyNamespaceAdmitNobody() {
    server.endpoint.anyNamespace().onConnect(socket -> log.add("connect"));
    FakeClient client = server.open();
    client.sends("0/unknown,");
    server.run();

    assertThat(client.took()).containsExactly("4/unknown,{\"message\":\"Invalid namespace\"}");
    assertThat(log).isEmpty();
  }

  @Test
  void secondHandlerOfOtherEventsIsRefused() {
    server.root().onOther((socket, event, ack) -> {});

    assertThatThrownBy(() -> server.root().onOther((socket, event, ack) -> {}))
        .hasMessage("other events: again (expected: one handler)");
  }

  private FakeClient receives(String packet) {
    FakeClient client = server.connect();
    client.sends(packet);
    server.run();
    return client;
  }
}
