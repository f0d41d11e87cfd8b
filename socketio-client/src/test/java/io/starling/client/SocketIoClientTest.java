package io.starling.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The client against Starling's own server, over the network. */
@Timeout(30)
final class SocketIoClientTest {
  private SocketIoServer server;
  private SocketIoClient client;

  /** How a client reaches the server. */
  enum Way {
    POLLING,
    WEBSOCKET,
    UPGRADE;

    ClientOptions.Builder options() {
      ClientOptions.Builder options = fast();
      return switch (this) {
        case POLLING -> options.transports(TransportKind.POLLING);
        case WEBSOCKET -> options.transports(TransportKind.WEBSOCKET);
        case UPGRADE -> options;
      };
    }
  }

  private static ClientOptions.Builder fast() {
    return ClientOptions.builder()
        .reconnectionDelay(Duration.ofMillis(20))
        .reconnectionDelayMax(Duration.ofMillis(50));
  }

  @BeforeEach
  void start() throws Exception {
    server =
        SocketIoServer.create(SocketIoServerConfig.builder().host("127.0.0.1").port(0).build());
    server
        .of("/")
        .answer("echo", (socket, arguments) -> arguments)
        .on(
            "numbers",
            Integer.class,
            (socket, count, ack) -> {
              for (int i = 0; i < count; i++) {
                socket.emit("number", i);
              }
            })
        .on("bye", (socket, arguments, ack) -> socket.disconnect())
        .on("cut", (socket, arguments, ack) -> socket.disconnect(true))
        .answer("ask", (socket, arguments) -> socket.emitWithAck("question", 1, 2))
        .answer("auth", (socket, arguments) -> socket.handshake().auth());
    server.of("/chat").answer("where", (socket, arguments) -> socket.namespace().name());
    server
        .of("/closed")
        .onConnect(
            socket -> {
              throw new ConnectRefusedException("not you", Map.of("code", 7));
            });
    server.start();
  }

  @AfterEach
  void stop() {
    if (client != null) {
      client.close();
    }
    server.close();
  }

  private String url() {
    return "http://127.0.0.1:" + server.port();
  }

  private SocketIoClient create(ClientOptions.Builder options) {
    client = SocketIoClient.create(url(), options.build());
    return client;
  }

  @ParameterizedTest
  @EnumSource
  void whatIsSentComesBackInTheAck(Way way) throws Exception {
    create(way.options()).connect();
    byte[] bytes = {1, 2, 3};
    var answer = client.socket().call("echo", "text", 5, Map.of("bytes", bytes), null);
    assertThat(answer.get(0)).isEqualTo("text");
    assertThat(answer.get(1)).isEqualTo(5);
    assertThat(answer.node(2).path("bytes").binaryValue()).isEqualTo(bytes);
    assertThat(answer.size()).isEqualTo(4);
    assertThat(client.socket().sid()).hasSize(20);
  }

  @ParameterizedTest
  @EnumSource
  void eventsArriveInOrderAndOnce(Way way) throws Exception {
    List<Integer> numbers = new CopyOnWriteArrayList<>();
    create(way.options())
        .socket()
        .on("number", Integer.class, (number, ack) -> numbers.add(number));
    client.connect();
    client.socket().emit("numbers", 3000);
    await().until(() -> numbers.size() >= 3000);
    assertThat(numbers).hasSize(3000).isSorted().doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource
  void emitsArriveInOrderAlsoWhileTheTransportChanges(Way way) throws Exception {
    BlockingQueue<Integer> arrived = new LinkedBlockingQueue<>();
    server.of("/").on("count", Integer.class, (socket, number, ack) -> arrived.add(number));
    create(way.options());
    client.socket().emit("count", -1);
    client.connect();
    for (int i = 0; i < 2000; i++) {
      client.socket().emit("count", i);
    }
    for (int i = -1; i < 2000; i++) {
      assertThat(arrived.poll(5, TimeUnit.SECONDS)).isEqualTo(i);
    }
  }

  @Test
  void aConnectionByPollingIsUpgraded() throws Exception {
    create(fast()).connect();
    await().until(() -> client.transport() == TransportKind.WEBSOCKET);
    assertThat(client.socket().call("echo", 1).get(0)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void theServerGetsTheAnswerOfAHandler(Way way) throws Exception {
    create(way.options());
    client.socket().answer("question", arguments -> CompletableFuture.completedFuture(42));
    client.connect();
    assertThat(client.socket().call("ask").get(0)).isEqualTo(42);
  }

  @Test
  void severalNamespacesShareTheConnection() throws Exception {
    create(fast());
    client.of("/chat");
    client.socket();
    client.connect();
    assertThat(client.of("/chat").call("where").get(0)).isEqualTo("/chat");
    assertThat(client.socket().connected()).isTrue();
  }

  @Test
  void theServerSeesWhatTheSupplierOfAuthReturns() throws Exception {
    create(fast().auth(namespace -> CompletableFuture.completedFuture(Map.of("token", namespace))))
        .connect();
    assertThat(client.socket().call("auth").get(0)).isEqualTo(Map.of("token", "/"));
  }

  @Test
  void aRefusalHasTheMessageAndTheDataOfTheServer() {
    create(fast());
    BlockingQueue<ConnectFailedException> errors = new LinkedBlockingQueue<>();
    client.of("/closed").onConnectError(errors::add);
    assertThatThrownBy(() -> client.connect())
        .isInstanceOfSatisfying(
            ConnectFailedException.class,
            e -> {
              assertThat(e).hasMessage("not you");
              assertThat(e.refused()).isTrue();
              assertThat(e.data(Object.class)).isEqualTo(Map.of("code", 7));
            });
    await().until(() -> errors.size() == 1);
    assertThat(client.connected()).isFalse();
  }

  @Test
  void aServerThatIsNotThereFailsTheConnectWithItsReason() {
    client = SocketIoClient.create("http://127.0.0.1:1", fast().build());
    assertThatThrownBy(() -> client.connect())
        .isInstanceOf(ConnectFailedException.class)
        .hasMessageContaining("cannot connect");
  }

  @Test
  void aDisconnectOfTheServerIsFinal() throws Exception {
    create(fast());
    BlockingQueue<DisconnectReason> reasons = new LinkedBlockingQueue<>();
    client.socket().onDisconnect(reasons::add).onOther((event, ack) -> reasons.clear());
    client.connect();
    client.socket().emit("bye");
    client.awaitClose();
    assertThat(reasons.poll(5, TimeUnit.SECONDS)).isEqualTo(DisconnectReason.SERVER_DISCONNECT);
    assertThat(client.connected()).isFalse();
    client.socket().connect();
    assertThat(client.socket().call("echo", 1).get(0)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void aRestartedServerFindsTheClientAgainAndTheEventsThatWaited(Way way) throws Exception {
    create(way.options()).connect();
    int port = server.port();
    BlockingQueue<DisconnectReason> reasons = new LinkedBlockingQueue<>();
    BlockingQueue<Integer> attempts = new LinkedBlockingQueue<>();
    client.onReconnect(attempts::add);
    client.socket().onDisconnect(reasons::add);
    server.close();
    assertThat(reasons.poll(5, TimeUnit.SECONDS)).isNotNull();
    BlockingQueue<Integer> arrived = new LinkedBlockingQueue<>();
    for (int i = 0; i < 10; i++) {
      client.socket().emit("count", i);
    }
    server =
        SocketIoServer.create(SocketIoServerConfig.builder().host("127.0.0.1").port(port).build());
    server.of("/").on("count", Integer.class, (socket, number, ack) -> arrived.add(number));
    server.start();
    for (int i = 0; i < 10; i++) {
      assertThat(arrived.poll(5, TimeUnit.SECONDS)).isEqualTo(i);
    }
    assertThat(attempts.poll(5, TimeUnit.SECONDS)).isPositive();
  }

  @Test
  void annotatedMethodsAreHandlers() throws Exception {
    BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    create(fast());
    client
        .socket()
        .register(
            new Object() {
              @OnConnect
              void here(ClientSocket socket) {
                calls.add("connect " + socket.namespace());
              }

              @OnEvent
              int question(int one, int other) {
                return one + other;
              }

              @OnDisconnect
              void gone(DisconnectReason reason) {
                calls.add(reason.text());
              }
            });
    client.connect();
    assertThat(client.socket().call("ask").get(0)).isEqualTo(3);
    client.disconnect();
    assertThat(calls.poll(5, TimeUnit.SECONDS)).isEqualTo("connect /");
    assertThat(calls.poll(5, TimeUnit.SECONDS)).isEqualTo("io client disconnect");
  }

  @Test
  void anAckThatDoesNotComeFailsInTime() throws Exception {
    create(fast()).connect();
    assertThatThrownBy(() -> client.socket().timeout(Duration.ofMillis(50)).call("nobody listens"))
        .isInstanceOf(AckTimeoutException.class);
  }

  @Test
  void moreThanMayWaitForHandlersStaysWithTheServerUntilTheyTookSome() throws Exception {
    create(fast().maxPendingEvents(10).transports(TransportKind.WEBSOCKET));
    CompletableFuture<Void> gate = new CompletableFuture<>();
    List<Integer> numbers = new CopyOnWriteArrayList<>();
    client
        .socket()
        .on(
            "number",
            Integer.class,
            (number, ack) -> {
              gate.join();
              numbers.add(number);
            });
    client.connect();
    client.socket().emit("numbers", 500);
    gate.complete(null);
    await().until(() -> numbers.size() == 500);
    assertThat(numbers).isSorted();
  }

  @Test
  void aClosedClientRefusesEmits() throws Exception {
    create(fast()).connect();
    client.close();
    assertThatThrownBy(() -> client.socket().emit("echo")).isInstanceOf(EmitRefusedException.class);
    assertThat(client.socket().emitWithAck("echo").toCompletableFuture())
        .failsWithin(Duration.ofSeconds(5));
  }
}
