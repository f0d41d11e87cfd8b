package io.starling.integration.ours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.starling.client.AnyEventHandler;
import io.starling.client.ClientSocket;
import io.starling.client.ConnectFailedException;
import io.starling.client.DisconnectReason;
import io.starling.client.OnConnect;
import io.starling.client.OnConnectError;
import io.starling.client.OnDisconnect;
import io.starling.client.OnEvent;
import io.starling.client.OnOther;
import io.starling.client.SocketIoClient;
import io.starling.protocol.payload.Arguments;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Events both ways, and which handler gets them. */
abstract class ClientEventContract extends ClientConnectionContract {
  private static final byte[] LARGE = new byte[100_000];

  ClientEventContract(ServerKind kind, Transports transports) {
    super(kind, transports);
  }

  @Test
  void anEventHasAnyNumberOfArgumentsBothWays() throws InterruptedException {
    SocketIoClient client = client();
    Heard<List<Object>> echoed = hear(client.socket(), "echoed");
    client.connect();

    client.socket().emit("echo-back");
    client.socket().emit("echo-back", 1, "two", 3.5, false, List.of(), Map.of("k", List.of(6)));

    assertThat(echoed.next()).isEmpty();
    assertThat(echoed.next())
        .containsExactly(1, "two", 3.5, false, List.of(), Map.of("k", List.of(6)));
  }

  @Test
  void textOfEveryLanguageArrives() throws InterruptedException {
    SocketIoClient client = client();
    Heard<List<Object>> echoed = hear(client.socket(), "echoed");
    client.connect();

    client.socket().emit("echo-back", "てすと", "Я Б Г", "Ä ß", "utf8 — string", "😀\u0000\u001e");

    assertThat(echoed.next())
        .containsExactly("てすと", "Я Б Г", "Ä ß", "utf8 — string", "😀\u0000\u001e");
  }

  @Test
  void aDateIsSentAsText() throws InterruptedException {
    SocketIoClient client = client();
    Heard<List<Object>> echoed = hear(client.socket(), "echoed");
    client.connect();

    client.socket().emit("echo-back", Instant.EPOCH, Map.of("date", Instant.EPOCH));

    assertThat(echoed.next())
        .containsExactly("1970-01-01T00:00:00Z", Map.of("date", "1970-01-01T00:00:00Z"));
  }

  @Test
  void binaryValuesOfAnyDepthArrive() throws InterruptedException {
    SocketIoClient client = client();
    Heard<List<Object>> echoed = hear(client.socket(), "echoed");
    client.connect();

    client.socket().emit("echo-back", Map.of("hello", List.of(new byte[] {1, -1})), LARGE, "text");

    List<Object> arguments = echoed.next();
    assertThat(((Map<?, ?>) arguments.get(0)).get("hello"))
        .asInstanceOf(LIST)
        .containsExactly(new byte[] {1, -1});
    assertThat(arguments.get(1)).isEqualTo(LARGE);
    assertThat(arguments.get(2)).isEqualTo("text");
  }

  @Test
  void binaryAndTextEventsKeepTheirOrder() throws InterruptedException {
    SocketIoClient client = client();
    Heard<List<Object>> echoed = hear(client.socket(), "echoed");
    client.connect();

    for (int i = 0; i < 100; i++) {
      client.socket().emit("echo-back", i, i % 3 == 0 ? new byte[] {(byte) i} : "text");
    }

    for (int i = 0; i < 100; i++) {
      assertThat(echoed.next())
          .containsExactly(i, i % 3 == 0 ? new byte[] {(byte) i} : (Object) "text");
    }
  }

  @Test
  void eventsOfManyThreadsArriveEachOnce() throws InterruptedException {
    SocketIoClient client = client();
    Heard<List<Object>> echoed = hear(client.socket(), "echoed");
    client.connect();

    List<Thread> threads =
        IntStream.range(0, 4)
            .mapToObj(
                thread ->
                    new Thread(
                        () ->
                            IntStream.range(0, 50)
                                .forEach(
                                    i -> client.socket().emit("echo-back", thread * 100 + i))))
            .toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }

    eventually(() -> assertThat(echoed.all()).hasSize(200));
    for (int thread = 0; thread < 4; thread++) {
      int first = thread * 100;
      assertThat(echoed.all().stream().map(each -> (Integer) each.get(0)))
          .filteredOn(number -> number / 100 * 100 == first)
          .containsExactlyElementsOf(IntStream.range(first, first + 50).boxed().toList());
    }
  }

  @Test
  void aBurstOfBroadcastsArrivesInOrder() throws InterruptedException {
    SocketIoClient client = client();
    String own = UUID.randomUUID().toString();
    Heard<Integer> numbers = new Heard<>();
    client
        .socket()
        .on(
            "stream",
            (arguments, ack) -> {
              if (own.equals(arguments.get(0))) {
                numbers.add(arguments.get(1, Integer.class));
              }
            });
    settled(client);

    client.socket().call("produce", own, 1_000);

    eventually(
        () ->
            assertThat(numbers.all())
                .containsExactlyElementsOf(IntStream.range(0, 1_000).boxed().toList()));
  }

  @Test
  void sendEmitsTheEventMessage() throws InterruptedException {
    SocketIoClient client = connected();

    client.socket().onAny((event, arguments) -> {});
    client.socket().send("x");

    // No server of the tests handles it; the connection goes on.
    assertThat(client.socket().call("echo", 1).toList()).containsExactly(1);
  }

  @Test
  void anEventThatTheServerEmitsWhileItAcceptsComesAfterTheConnect() throws InterruptedException {
    SocketIoClient client = client(url("/greeting"), options());
    Heard<String> order = new Heard<>();
    client.socket().onConnect(() -> order.add("connect " + client.socket().sid()));
    client.socket().on("welcome", String.class, (id, ack) -> order.add("welcome " + id));

    client.connect();

    assertThat(order.next()).isEqualTo("connect " + client.socket().sid());
    assertThat(order.next()).isEqualTo("welcome " + client.socket().sid());
  }

  /** A number and a word. */
  record Pair(int number, String word) {}

  @Test
  void theFirstArgumentIsReadAsTheTypeOfTheHandler() throws InterruptedException {
    SocketIoClient client = client();
    Heard<Pair> pairs = new Heard<>();
    client.socket().on("echoed", Pair.class, (pair, ack) -> pairs.add(pair));
    client.connect();

    client.socket().emit("echo-back", new Pair(1, "one"));

    assertThat(pairs.next()).isEqualTo(new Pair(1, "one"));
  }

  @Test
  void handlersMayBlockAndOtherSocketsGoOn() throws InterruptedException {
    SocketIoClient client = client();
    Heard<List<Object>> answers = new Heard<>();
    client
        .socket()
        .on(
            "echoed",
            (arguments, ack) -> {
              get(client.of("/custom").emitWithAck("auth"));
              answers.add(client.socket().call("echo", "inside").toList());
            });
    client.of("/custom");
    client.connect();

    client.socket().emit("echo-back", 1);

    assertThat(answers.next()).containsExactly("inside");
  }

  @Test
  void aHandlerThatThrowsDoesNotStopTheNextEvent() throws InterruptedException {
    SocketIoClient client = client();
    Heard<Integer> heard = new Heard<>();
    client
        .socket()
        .on(
            "echoed",
            Integer.class,
            (number, ack) -> {
              heard.add(number);
              throw new IllegalStateException("on purpose");
            });
    client.connect();

    client.socket().emit("echo-back", 1);
    client.socket().emit("echo-back", 2);

    assertThat(heard.next()).isEqualTo(1);
    assertThat(heard.next()).isEqualTo(2);
  }

  @Test
  void theCatchAllGetsWhatHasNoHandlerAndNeverTheSpecialEvents() throws InterruptedException {
    SocketIoClient client = client();
    Heard<String> others = new Heard<>();
    hear(client.socket(), "known");
    client.socket().onOther((event, ack) -> addUnlessBroadcast(others, event.name()));
    Heard<DisconnectReason> gone = disconnects(client.socket());
    settled(client);

    client.socket().emit("echo-back", 1);
    assertThat(others.next()).isEqualTo("echoed");
    client.socket().emit("leave", false);
    gone.next();

    assertThat(others.all()).containsExactly("echoed");
  }

  /** Other tests let the server broadcast. */
  private static void addUnlessBroadcast(Heard<String> heard, String event) {
    if (!event.equals("stream")) {
      heard.add(event);
    }
  }

  @Test
  void listenersOfAllEventsComeBeforeTheHandlerAndCanBeRemoved() throws InterruptedException {
    SocketIoClient client = client();
    Heard<String> order = new Heard<>();
    AnyEventHandler removed = (event, arguments) -> addUnlessBroadcast(order, event);
    client.socket().onAny(removed);
    client.socket().onAny((event, arguments) -> addUnlessBroadcast(order, event));
    client.socket().offAny(removed);
    client.socket().on("echoed", (arguments, ack) -> order.add("handler"));
    client.connect();

    client.socket().emit("echo-back", 1);

    assertThat(order.next()).isEqualTo("echoed");
    assertThat(order.next()).isEqualTo("handler");
  }

  @Test
  void aHandlerThatIsRemovedIsNotCalled() throws InterruptedException {
    SocketIoClient client = connected();
    Heard<List<Object>> removed = hear(client.socket(), "echoed");
    client.socket().off("echoed");
    Heard<List<Object>> next = hear(client.socket(), "echoed");

    client.socket().emit("echo-back", 1);

    assertThat(next.next()).containsExactly(1);
    assertThat(removed.all()).isEmpty();
  }

  @Test
  void reservedNamesAreRefused() {
    ClientSocket socket = client().socket();

    for (String name : List.of("connect", "connect_error", "disconnect", "disconnecting")) {
      assertThatThrownBy(() -> socket.emit(name))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(name);
      assertThatThrownBy(() -> socket.on(name, (arguments, ack) -> {}))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void anAnnotatedClassHandlesANamespace() throws InterruptedException {
    SocketIoClient client = client();
    Handlers handlers = new Handlers();
    client.socket().register(handlers);
    settled(client);

    client.socket().emit("echo-back", "a", 2);
    assertThat(client.socket().call("ask", client.socket().sid(), 20).toList())
        .containsExactly(21);
    client.socket().call("produce", handlers.own, 1);
    client.socket().emit("leave", false);

    assertThat(handlers.calls.next()).isEqualTo("connect /");
    assertThat(handlers.calls.next()).isEqualTo("echoed a 2");
    assertThat(handlers.calls.next()).isEqualTo("other stream");
    assertThat(handlers.calls.next()).isEqualTo("disconnect SERVER_DISCONNECT");
  }

  /** Handlers as annotated methods. */
  static final class Handlers {
    final String own = UUID.randomUUID().toString();
    final Heard<String> calls = new Heard<>();

    @OnConnect
    void connected(ClientSocket socket) {
      calls.add("connect " + socket.namespace());
    }

    @OnConnectError
    void failed(ConnectFailedException error) {
      calls.add("error " + error.getMessage());
    }

    @OnEvent
    void echoed(String text, int number) {
      calls.add("echoed " + text + " " + number);
    }

    @OnEvent("question")
    int answer(int number) {
      return number + 1;
    }

    @OnOther
    void other(String event, Arguments arguments) {
      if (own.equals(arguments.get(0))) {
        calls.add("other " + event);
      }
    }

    @OnDisconnect
    void gone(DisconnectReason reason) {
      calls.add("disconnect " + reason);
    }
  }

  @Test
  void anAnnotatedClassHearsWhyItWasRefused() throws InterruptedException {
    SocketIoClient client = client(url("/closed"), options());
    Handlers handlers = new Handlers();
    client.socket().register(handlers);

    failure(client.connectAsync());

    assertThat(handlers.calls.next()).startsWith("error ").contains("not you");
  }
}
