package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.NamespaceHandlers;
import io.starling.socketio.OnConnect;
import io.starling.socketio.OnConnected;
import io.starling.socketio.OnDisconnect;
import io.starling.socketio.OnEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A namespace with handlers of its own and those of the pattern that it was made with. */
@SuppressWarnings("UnusedMethod")
final class InheritedHandlersTest {
  private final ServerFixture server = new ServerFixture();
  private final List<Object> log = new ArrayList<>();
  private final Handlers pattern = server.namespaces.declare(Pattern.compile("/secret-\\d+"));
  private final DefaultNamespace namespace = server.namespaces.declare("/secret-5");

  private FakeClient connects() {
    FakeClient client = server.open();
    client.sends("0/secret-5,");
    server.run();
    return client;
  }

  private void wholeLife(NamespaceHandlers<?> handlers, String name) {
    handlers
        .onConnect(socket -> log.add(name + " connect"))
        .onConnected(socket -> log.add(name + " connected"))
        .onDisconnecting((socket, reason) -> log.add(name + " disconnecting"))
        .onDisconnect((socket, reason) -> log.add(name + " disconnect"));
  }

  @Test
  void connectHandlerOfThePatternRefusesThoughTheNamespaceHasOne() {
    pattern.onConnect(
        socket -> {
          throw new ConnectRefusedException("denied");
        });
    namespace.onConnect(socket -> socket.emit("welcome"));

    assertThat(connects().took()).containsExactly("4/secret-5,{\"message\":\"denied\"}");
  }

  @Test
  void handlersOfThePatternRunBeforeTheOwnThroughoutTheLifeOfASocket() {
    wholeLife(namespace, "own");
    wholeLife(pattern, "pattern");
    wholeLife(server.endpoint.anyNamespace(), "any");
    connects().goesAway();
    server.run();

    assertThat(log)
        .containsExactly(
            "pattern connect",
            "own connect",
            "pattern connected",
            "own connected",
            "pattern disconnecting",
            "own disconnecting",
            "pattern disconnect",
            "own disconnect");
  }

  @Test
  void connectedHandlerOfThePatternThatThrowsEndsTheSocketBeforeTheOwnRuns() {
    pattern.onConnected(
        socket -> {
          throw new IllegalStateException("not this one");
        });
    namespace.onConnected(socket -> log.add("own"));
    FakeClient client = connects();

    assertThat(client.took()).last().isEqualTo("1/secret-5,");
    assertThat(log).isEmpty();
  }

  @Test
  void methodsOfThePatternGuardANamespaceWithALambda() {
    pattern.register(new Guard("pattern"));
    namespace.onConnect(socket -> log.add("own connect"));
    connects().goesAway();
    server.run();

    assertThat(log)
        .containsExactly(
            "pattern connect", "own connect", "pattern connected", "pattern disconnect");
  }

  @Test
  void methodsOfThePatternGuardANamespaceWithMethods() {
    pattern.register(new Guard("pattern"));
    namespace.register(new Guard("own"));
    connects().goesAway();
    server.run();

    assertThat(log)
        .containsExactly(
            "pattern connect",
            "own connect",
            "pattern connected",
            "own connected",
            "pattern disconnect",
            "own disconnect");
  }

  @Test
  void methodOfTheNamespaceRunsAfterALambdaOfThePattern() {
    pattern.onConnect(socket -> log.add("pattern connect"));
    namespace.register(new Guard("own"));
    connects();

    assertThat(log).containsExactly("pattern connect", "own connect", "own connected");
  }

  @Test
  void anyNamespacesMethodsAreNotCalledWhereThePatternHasAnObject() {
    pattern.register(
        new Object() {
          @OnEvent
          void x() {}
        });
    server.endpoint.anyNamespace().register(new Guard("any"));
    connects();

    assertThat(log).isEmpty();
  }

  @Test
  void anyNamespacesLambdaWinsOverMethodsOfThePattern() {
    pattern.register(new Guard("pattern"));
    server.endpoint.anyNamespace().onConnect(socket -> log.add("any"));
    connects();

    assertThat(log).containsExactly("any", "pattern connected");
  }

  @Test
  void eventHasOneHandlerTheOwnBeforeThatOfThePattern() {
    pattern.register(new Events("pattern"));
    namespace.register(
        new Object() {
          @OnEvent
          void both() {
            log.add("own both");
          }
        });
    FakeClient client = connects();
    client.sends("2/secret-5,[\"both\"]");
    client.sends("2/secret-5,[\"one\"]");
    server.run();

    assertThat(log).containsExactly("own both", "pattern one");
  }

  private final class Guard {
    private final String name;

    Guard(String name) {
      this.name = name;
    }

    @OnConnect
    void connect() {
      log.add(name + " connect");
    }

    @OnConnected
    void connected() {
      log.add(name + " connected");
    }

    @OnDisconnect
    void disconnect() {
      log.add(name + " disconnect");
    }
  }

  private final class Events {
    private final String name;

    Events(String name) {
      this.name = name;
    }

    @OnEvent
    void both() {
      log.add(name + " both");
    }

    @OnEvent
    void one() {
      log.add(name + " one");
    }
  }
}
