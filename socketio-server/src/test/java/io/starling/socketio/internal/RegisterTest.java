package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.protocol.payload.Arguments;
import io.starling.socketio.Ack;
import io.starling.socketio.AckArguments;
import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Handshake;
import io.starling.socketio.Namespace;
import io.starling.socketio.OnConnect;
import io.starling.socketio.OnConnected;
import io.starling.socketio.OnDisconnect;
import io.starling.socketio.OnDisconnecting;
import io.starling.socketio.OnEvent;
import io.starling.socketio.OnOther;
import io.starling.socketio.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Handlers as the annotated methods of one object; only the server calls those. */
@SuppressWarnings({"UnusedMethod", "UnusedVariable"})
final class RegisterTest {
  private final ServerFixture server = new ServerFixture();
  private final List<Object> log = new ArrayList<>();
  private final CompletableFuture<String> pending = new CompletableFuture<>();

  @Test
  void methodsHearTheWholeLifeOfASocket() {
    server.root().register(new Life());
    FakeClient client = server.connect();
    client.sends("2[\"move\"]");
    client.goesAway();
    server.run();

    assertThat(log)
        .containsExactly(
            "connect / fake",
            "connected true",
            "move",
            "disconnecting transport close",
            "disconnect TRANSPORT_CLOSE");
  }

  /** All of it package-private or private. */
  private class Life {
    @OnConnect
    void connect(Socket socket, Namespace namespace, Handshake handshake) {
      log.add("connect " + namespace.name() + " " + handshake.header("user-agent"));
    }

    @OnConnected
    private void connected(Socket socket) {
      log.add("connected " + socket.connected());
    }

    @OnEvent
    void move() {
      log.add("move");
    }

    @OnDisconnecting
    void leaving(DisconnectReason reason) {
      log.add("disconnecting " + reason.text());
    }

    @OnDisconnect
    void left(Socket socket, DisconnectReason reason) {
      log.add("disconnect " + reason);
    }
  }

  @Test
  void argumentsOfTheEventFillTheOtherParametersByPosition() {
    server
        .root()
        .register(
            new Object() {
              @OnEvent("draw")
              void draw(
                  int x, Socket socket, String name, List<Position> path, Arguments all, long y) {
                log.add(x + name + path.get(0).x() + y + all.size());
                log.add(socket.connected());
              }
            });
    receives("2[\"draw\",1,\"a\",[{\"x\":2,\"y\":3}],4,\"dropped\"]");

    assertThat(log).containsExactly("1a245", true);
  }

  record Position(int x, int y) {}

  @Test
  void missingArgumentIsAFailureUnlessTheParameterAllowsIt() {
    server
        .root()
        .register(
            new Object() {
              @OnEvent
              void lenient(@Nullable String a, Optional<String> b, Optional<String> c) {
                log.add(a + " " + b + " " + c);
              }

              @OnEvent
              void strict(int a) {
                log.add(a);
              }
            });
    receives("2[\"lenient\",null,\"b\"]");
    receives("2[\"strict\",null]");

    assertThat(log).containsExactly("null Optional[b] Optional.empty");
    assertThat(server.listener.heard)
        .endsWith("handlerFailed strict argument 0: none (expected: int)");
  }

  @Test
  void bytesReachAMethod() {
    server
        .root()
        .register(
            new Object() {
              @OnEvent
              String image(byte[] bytes) {
                return new String(bytes, StandardCharsets.UTF_8);
              }
            });
    FakeClient client = receives("51-7[\"image\",{\"_placeholder\":true,\"num\":0}]");
    client.sendsBinary("one");
    server.run();

    assertThat(client.took()).containsExactly("37[\"one\"]");
  }

  @Test
  void whatAMethodGivesBackIsTheAck() {
    server.root().register(new Answers());

    assertThat(receives("21[\"sum\",1,2]").took()).containsExactly("31[3]");
    assertThat(receives("21[\"pair\"]").took()).containsExactly("31[1,\"2\"]");
    assertThat(receives("21[\"nothing\"]").took()).containsExactly("31[]");
    assertThat(receives("21[\"own\",5]").took()).containsExactly("31[5]");
    assertThat(receives("21[\"silent\"]").took()).isEmpty();
  }

  @Test
  void stageThatAMethodGivesBackIsWaitedFor() {
    server.root().register(new Answers());
    FakeClient client = receives("21[\"later\"]");
    assertThat(client.took()).isEmpty();
    pending.complete("now");
    server.run();

    assertThat(client.took()).containsExactly("31[\"now\"]");
  }

  @Test
  void methodThatFailsSendsNoAck() {
    server.root().register(new Answers());

    assertThat(receives("21[\"fail\"]").took()).isEmpty();
    assertThat(server.listener.heard).endsWith("handlerFailed fail broken");
  }

  private class Answers {
    @OnEvent
    int sum(int a, int b) {
      return a + b;
    }

    @OnEvent
    AckArguments pair() {
      return AckArguments.of(1, "2");
    }

    @OnEvent
    void nothing() {}

    @OnEvent
    void own(Ack ack, int number) {
      ack.send(number);
    }

    @OnEvent
    void silent(Ack ack) {}

    @OnEvent
    CompletionStage<String> later() {
      return pending;
    }

    @OnEvent
    void fail() {
      throw new IllegalStateException("broken");
    }
  }

  @Test
  void connectMethodRefuses() {
    server
        .root()
        .register(
            new Object() {
              @OnConnect
              void check() {
                throw new ConnectRefusedException("not you");
              }
            });

    assertThat(server.connectOnly().took()).containsExactly("4{\"message\":\"not you\"}");
  }

  @Test
  void stageOfAConnectMethodHoldsTheClient() {
    server
        .root()
        .register(
            new Object() {
              @OnConnect
              CompletionStage<String> check() {
                return pending;
              }
            });
    FakeClient client = server.connectOnly();
    assertThat(client.took()).isEmpty();
    pending.complete("passed");
    server.run();

    assertThat(client.took()).singleElement().asString().startsWith("0{");
  }

  @Test
  void methodThatFailsIsCalledOnceAndItsOwnExceptionIsTold() {
    server
        .root()
        .register(
            new Object() {
              @OnConnected
              void connected(Socket socket) {
                log.add("connected");
              }

              @OnDisconnect
              void left(Socket socket, DisconnectReason reason) {
                log.add("left");
                throw new IllegalArgumentException("wrong number of arguments");
              }
            });
    server.connect().goesAway();
    server.run();

    assertThat(log).containsExactly("connected", "left");
    assertThat(server.listener.heard)
        .endsWith("handlerFailed disconnect wrong number of arguments");
  }

  @Test
  void lambdaWinsOverAMethodAndAnyNamespacesLambdaToo() {
    server.root().register(new Named("root"));
    server.root().on("a", (socket, arguments, ack) -> log.add("lambda a"));
    server.endpoint.anyNamespace().on("b", (socket, arguments, ack) -> log.add("any b"));
    receives("2[\"a\"]");
    receives("2[\"b\"]");
    receives("2[\"c\"]");

    assertThat(log).containsExactly("lambda a", "any b", "root c");
  }

  @Test
  void eventWithoutAMethodIsIgnoredAndDoesNotReachAnyNamespacesMethods() {
    server.root().register(new Named("root"));
    server
        .endpoint
        .anyNamespace()
        .register(
            new Object() {
              @OnEvent
              void d() {
                log.add("any d");
              }
            });
    server.namespaces.declare("/other");
    FakeClient client = receives("21[\"d\"]");
    assertThat(client.took()).isEmpty();
    client.sends("0/other,");
    server.run();
    client.sends("2/other,[\"d\"]");
    server.run();

    assertThat(log).containsExactly("any d");
  }

  @Test
  void methodOfOtherEventsHearsTheirName() {
    server
        .root()
        .register(
            new Object() {
              @OnEvent
              void known() {
                log.add("known");
              }

              @OnOther
              String other(Socket socket, String event, Arguments arguments) {
                return event + arguments.toList();
              }
            });
    receives("2[\"known\"]");

    assertThat(receives("21[\"x\",1]").took()).containsExactly("31[\"x[1]\"]");
    assertThat(log).containsExactly("known");
  }

  @Test
  void methodsOfASuperclassAreHandlersUnlessOverridden() {
    server.root().register(new Derived("derived"));
    receives("2[\"a\"]");
    receives("2[\"b\"]");
    receives("2[\"c\"]");

    assertThat(log).containsExactly("derived a", "overridden c");
  }

  private class Named {
    final String name;

    Named(String name) {
      this.name = name;
    }

    @OnEvent
    void a() {
      log.add(name + " a");
    }

    @OnEvent
    void b() {
      log.add(name + " b");
    }

    @OnEvent
    void c() {
      log.add(name + " c");
    }
  }

  private final class Derived extends Named {
    Derived(String name) {
      super(name);
    }

    @Override
    void b() {}

    @Override
    @OnEvent
    void c() {
      log.add("overridden c");
    }
  }

  @Test
  void severalObjectsShareANamespaceButNotAnEvent() {
    server
        .root()
        .register(
            new Object() {
              @OnEvent
              void c() {
                log.add("first");
              }
            });

    assertThatThrownBy(() -> server.root().register(new Named("second")))
        .hasMessage(
            "method: %s.c(): event: c again (expected: one handler)", Named.class.getName());
    receives("2[\"c\"]");
    receives("2[\"a\"]");
    assertThat(log).as("nothing of the second was added").containsExactly("first");
  }

  @Test
  void allMethodsThatDoNotFitAreListed() {
    String name = Misfits.class.getName();
    assertThatThrownBy(() -> server.root().register(new Misfits()))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .satisfies(
            message ->
                assertThat(message.lines())
                    .containsExactly(
                        "method: "
                            + name
                            + ".both(Ack) takes an Ack and gives back another"
                            + " (expected: one of the two)",
                        "method: "
                            + name
                            + ".connect(int) takes int (expected: Socket, Namespace, Handshake)",
                        "method: "
                            + name
                            + ".count() gives back int (expected: void or a CompletionStage)",
                        "method: "
                            + name
                            + ".disconnecting(): event: disconnecting"
                            + " (expected: onDisconnecting)",
                        "method: "
                            + name
                            + ".leave(DisconnectReason) takes DisconnectReason"
                            + " (expected: Socket, Namespace, Handshake, Arguments, Ack)",
                        "method: " + name + ".left() gives back String (expected: void)"));
    receives("2[\"fits\"]");
    assertThat(log).isEmpty();
  }

  private class Misfits {
    @OnEvent
    int both(Ack ack) {
      return 1;
    }

    @OnConnect
    void connect(int number) {}

    @OnConnect
    int count() {
      return 1;
    }

    @OnEvent
    void disconnecting() {}

    @OnEvent
    void fits() {
      log.add("fits");
    }

    @OnEvent
    void leave(DisconnectReason reason) {}

    @OnDisconnect
    String left() {
      return "";
    }
  }

  @Test
  void objectWithoutAnAnnotatedMethodIsRefused() {
    assertThatThrownBy(() -> server.root().register("text"))
        .hasMessage("handlers: java.lang.String (expected: an annotated method)");
  }

  private FakeClient receives(String packet) {
    FakeClient client = server.connect();
    client.sends(packet);
    server.run();
    return client;
  }
}
