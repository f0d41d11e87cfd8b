package io.starling.socketio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.BackendState;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole server on a real port, a real WebSocket at the other end. */
final class SocketIoServerIT {
  private final BlockingQueue<Object> log = new LinkedBlockingQueue<>();
  private final SocketIoServer server =
      SocketIoServer.create(SocketIoServerConfig.builder().host("localhost").port(0).build());

  @BeforeEach
  void start() {
    server
        .root()
        .onConnect(socket -> socket.emit("auth", socket.handshake().auth()))
        .on("message", (socket, arguments, ack) -> socket.emit("message-back", arguments.get(0)))
        .on("message-with-ack", (socket, arguments, ack) -> ack.send(arguments.get(0)))
        .on(
            "ask-me",
            (socket, arguments, ack) ->
                socket
                    .timeout(Duration.ofSeconds(5))
                    .emitWithAck("question")
                    .thenAccept(answer -> log.add(answer.toList())))
        .on("join", String.class, (socket, room, ack) -> socket.join(room))
        .on("say", String.class, (socket, room, ack) -> socket.to(room).emit("said", room))
        .on("leave-me", (socket, arguments, ack) -> socket.disconnect(true))
        .onDisconnect((socket, reason) -> log.add(reason));
    server
        .of("/secret")
        .use(
            socket -> {
              if (!"open".equals(socket.handshake().auth("word"))) {
                throw new ConnectRefusedException("wrong word");
              }
            });
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aClientConnectsAndIsAnswered() {
    RawClient client = connect();
    client.send("42[\"message\",{\"3\":[true]}]");
    assertThat(client.next()).isEqualTo("42[\"message-back\",{\"3\":[true]}]");
    client.send("427[\"message-with-ack\",1]");
    assertThat(client.next()).isEqualTo("437[1]");
  }

  @Test
  void theServerAsksAndTheClientAnswers() throws InterruptedException {
    RawClient client = connect();
    client.send("42[\"ask-me\"]");
    assertThat(client.next()).isEqualTo("420[\"question\"]");
    client.send("430[\"yes\",2]");
    assertThat(log.poll(5, TimeUnit.SECONDS)).hasToString("[yes, 2]");
  }

  @Test
  void binaryTravelsBothWays() {
    RawClient client = connect();
    client.send("451-[\"message\",{\"_placeholder\":true,\"num\":0}]").sendBinary("image");
    assertThat(client.next()).isEqualTo("451-[\"message-back\",{\"_placeholder\":true,\"num\":0}]");
    assertThat(client.next()).isEqualTo("b:image");
  }

  @Test
  void aRoomIsReached() {
    RawClient first = connect();
    RawClient second = connect();
    first.send("42[\"join\",\"news\"]").send("420[\"message-with-ack\",0]");
    assertThat(first.next()).isEqualTo("430[0]");
    second.send("42[\"say\",\"news\"]");
    assertThat(first.next()).isEqualTo("42[\"said\",\"news\"]");
  }

  @Test
  void namespacesLetInAndRefuse() {
    RawClient client = connect();
    client.send("40/secret,{\"word\":\"shut\"}");
    assertThat(client.next()).isEqualTo("44/secret,{\"message\":\"wrong word\"}");
    client.send("40/secret,{\"word\":\"open\"}");
    assertThat(client.next()).startsWith("40/secret,{\"sid\":");
    client.send("40/random");
    assertThat(client.next()).isEqualTo("44/random,{\"message\":\"Invalid namespace\"}");
  }

  @Test
  void methodsAndAsynchronousChecksWorkOnRealThreads() throws InterruptedException {
    server
        .of("/methods")
        .useAsync(socket -> CompletableFuture.runAsync(() -> log.add("checked")))
        .onConnected(socket -> socket.namespace().emit("joined", socket.id().value()))
        .register(new Methods());
    RawClient client = connect();
    client.send("40/methods,");
    assertThat(client.next()).startsWith("40/methods,{\"sid\":");
    assertThat(client.next()).startsWith("42/methods,[\"joined\",\"");
    client.send("42/methods,1[\"sum\",1,2]");
    client.send("42/methods,2[\"later\",\"x\"]");
    assertThat(client.next()).isEqualTo("43/methods,1[3]");
    assertThat(client.next()).isEqualTo("43/methods,2[\"x\"]");
    client.send("41/methods,");
    assertThat(log.poll(5, TimeUnit.SECONDS)).isEqualTo("checked");
    assertThat(log.poll(5, TimeUnit.SECONDS)).isEqualTo("left client namespace disconnect");
  }

  final class Methods {
    @OnEvent
    int sum(int a, int b) {
      return a + b;
    }

    @OnEvent
    CompletionStage<String> later(String text) {
      return CompletableFuture.supplyAsync(() -> text);
    }

    @OnDisconnect
    void left(DisconnectReason reason) {
      log.add("left " + reason.text());
    }
  }

  @Test
  void theServerDisconnectsAClient() throws InterruptedException {
    RawClient client = connect();
    client.send("42[\"leave-me\"]");
    assertThat(client.next()).isEqualTo("41");
    assertThat(client.next()).isEqualTo("closed");
    assertThat(log.poll(5, TimeUnit.SECONDS))
        .isEqualTo(DisconnectReason.SERVER_NAMESPACE_DISCONNECT);
  }

  @Test
  void aClientThatBreaksTheProtocolIsClosed() throws InterruptedException {
    RawClient client = connect();
    client.send("42{}");
    assertThat(client.next()).isEqualTo("closed");
    assertThat(log.poll(5, TimeUnit.SECONDS)).isEqualTo(DisconnectReason.FORCED_CLOSE);
  }

  @Test
  void closingTellsTheHandlersAndLeavesNoThread() throws InterruptedException {
    String prefix = ownThreadPrefix();
    RawClient client = connect();
    assertThat(server.managerState()).isEqualTo(BackendState.UP);
    server.close();
    server.close();

    assertThat(client.next()).as("no packet, just the end").isEqualTo("closed");
    assertThat(log.poll()).isEqualTo(DisconnectReason.SERVER_SHUTTING_DOWN);
    assertThat(server.managerState()).isEqualTo(BackendState.CLOSED);
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> assertThat(threads(prefix)).isEmpty());
  }

  @Test
  void portThatIsTakenIsNamed() {
    SocketIoServer second =
        SocketIoServer.create(
            SocketIoServerConfig.builder().host("localhost").port(server.port()).build());

    assertThatThrownBy(second::start)
        .isInstanceOf(ServerStartException.class)
        .hasMessage("port: " + server.port() + " (expected: a free port)");
  }

  @Test
  void whatTheUsersExecutorRejectsRunsAllTheSame() {
    SocketIoServerConfig config =
        SocketIoServerConfig.builder()
            .host("localhost")
            .port(0)
            .handlerExecutor(
                task -> {
                  throw new RejectedExecutionException("full");
                })
            .build();
    try (SocketIoServer busy = SocketIoServer.create(config)) {
      busy.root().on("ping-me", (socket, arguments, ack) -> ack.send("pong"));
      busy.start();
      RawClient client = new RawClient(busy.port()).send("40");
      assertThat(client.next()).startsWith("40{");
      client.send("420[\"ping-me\"]");
      assertThat(client.next()).isEqualTo("430[\"pong\"]");
    }
  }

  private RawClient connect() {
    RawClient client = new RawClient(server.port()).send("40{\"token\":\"123\"}");
    assertThat(client.next()).startsWith("40{\"sid\":\"");
    assertThat(client.next()).isEqualTo("42[\"auth\",{\"token\":\"123\"}]");
    return client;
  }

  /** Tells this server's threads from those of others in the same process. */
  private String ownThreadPrefix() throws InterruptedException {
    BlockingQueue<String> names = new LinkedBlockingQueue<>();
    server.of("/name").onConnect(socket -> names.add(Thread.currentThread().getName()));
    new RawClient(server.port()).send("40/name,");
    String name = String.valueOf(names.poll(5, TimeUnit.SECONDS));
    return name.substring(0, name.indexOf("-handler-") + 1);
  }

  private static Set<String> threads(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith(prefix))
        .collect(Collectors.toSet());
  }
}
