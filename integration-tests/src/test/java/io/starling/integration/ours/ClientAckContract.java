package io.starling.integration.ours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.client.AckArguments;
import io.starling.client.AckTimeoutException;
import io.starling.client.EmitRefusedException;
import io.starling.client.OfflineEmits;
import io.starling.client.SocketDisconnectedException;
import io.starling.client.SocketIoClient;
import io.starling.integration.process.TcpProxy;
import io.starling.protocol.payload.Arguments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Acks both ways, their time-outs, volatile events, and events that wait for a connection. */
abstract class ClientAckContract extends ClientEventContract {
  private static final Duration SHORT = Duration.ofMillis(50);

  ClientAckContract(ServerKind kind, Transports transports) {
    super(kind, transports);
  }

  @Test
  void anAckHasAnyNumberOfArguments() throws InterruptedException {
    SocketIoClient client = connected();

    assertThat(client.socket().call("echo").toList()).isEmpty();
    assertThat(client.socket().call("echo", 1, "two", List.of(3)).toList())
        .containsExactly(1, "two", List.of(3));
    assertThat(get(client.socket().emitWithAck("echo", new byte[] {1})).get(0))
        .isEqualTo(new byte[] {1});
  }

  @Test
  void manyAcksAtOnceFindTheirCallers() throws InterruptedException {
    SocketIoClient client = connected();

    List<CompletionStage<Arguments>> stages =
        IntStream.range(0, 200).mapToObj(i -> client.socket().emitWithAck("echo", i)).toList();

    for (int i = 0; i < 200; i++) {
      assertThat(get(stages.get(i)).toList()).containsExactly(i);
    }
  }

  @Test
  void theServerGetsTheAckThatTheHandlerSends() throws InterruptedException {
    SocketIoClient client = client();
    client
        .socket()
        .on(
            "question",
            (arguments, ack) -> {
              assertThat(ack.expected()).isTrue();
              ack.send(arguments.get(0), new byte[] {9});
              assertThatThrownBy(ack::send).isInstanceOf(IllegalStateException.class);
            });
    client.connect();

    assertThat(client.socket().call("ask", client.socket().sid(), "v").toList())
        .containsExactly("v", new byte[] {9});
  }

  @Test
  void theServerGetsWhatTheHandlerReturnsAsTheAck() throws InterruptedException {
    SocketIoClient client = client();
    client
        .socket()
        .answer(
            "question",
            Integer.class,
            number ->
                CompletableFuture.completedFuture(AckArguments.of(number, "and", number + 1)));
    client.connect();

    assertThat(client.socket().call("ask", client.socket().sid(), 1).toList())
        .containsExactly(1, "and", 2);
  }

  @Test
  void anEventThatTheServerDoesNotAckTimesOut() throws InterruptedException {
    SocketIoClient client = connected();

    assertThatThrownBy(() -> client.socket().timeout(SHORT).call("unknown"))
        .isInstanceOf(AckTimeoutException.class);
    assertThat(failure(client.socket().timeout(SHORT).emitWithAck("unknown")))
        .isInstanceOf(AckTimeoutException.class);
  }

  @Test
  void theAckTimeoutOfTheOptionsIsTheDefault() throws InterruptedException {
    SocketIoClient client = settled(client(url(""), options().ackTimeout(SHORT)));

    assertThat(failure(client.socket().emitWithAck("unknown")))
        .isInstanceOf(AckTimeoutException.class)
        .hasMessageContaining("50");
  }

  @Test
  void anAckInTimeIsNoTimeout() throws InterruptedException {
    SocketIoClient client = connected();

    assertThat(client.socket().timeout(Heard.PATIENCE).call("echo", 42).toList())
        .containsExactly(42);
  }

  @Test
  void anAckThatComesTooLateIsDropped() throws InterruptedException {
    SocketIoClient client = client();
    Heard<String> late = new Heard<>();
    client.connect();

    CompletionStage<Arguments> stage =
        client.socket().timeout(Duration.ofNanos(1)).emitWithAck("echo", 1);
    CompletionStage<Integer> unused =
        stage.handle(
            (answer, failure) -> {
              late.add(failure == null ? "answered" : "timeout");
              return 0;
            });

    assertThat(late.next()).isEqualTo("timeout");
    assertThat(client.socket().call("echo", 2).toList()).containsExactly(2);
    assertThat(late.all()).hasSize(1);
  }

  @Test
  void anAckTimesOutAlsoWhileNothingIsConnected() throws InterruptedException {
    SocketIoClient client = client();

    assertThat(failure(client.socket().timeout(SHORT).emitWithAck("echo", 1)))
        .isInstanceOf(AckTimeoutException.class);
  }

  @Test
  void disconnectingFailsTheAcksThatAreUnderWay() throws InterruptedException {
    SocketIoClient client = connected();
    CompletionStage<Arguments> stage = client.socket().emitWithAck("unknown", "a");
    client.socket().call("echo", "sent after it");

    client.socket().disconnect();

    assertThat(failure(stage)).isInstanceOf(SocketDisconnectedException.class);
  }

  @Test
  void losingTheConnectionFailsTheAcksThatAreUnderWay() throws InterruptedException {
    TcpProxy proxy = proxy();
    SocketIoClient client = settled(client(proxy.url().toString(), options()));
    CompletionStage<Arguments> stage = client.socket().emitWithAck("unknown", "a");
    client.socket().call("echo", "sent after it");

    proxy.cut();

    assertThat(failure(stage)).isInstanceOf(SocketDisconnectedException.class);
  }

  @Test
  void whatIsEmittedBeforeTheConnectionIsSentFirst() throws InterruptedException {
    SocketIoClient client = client();
    Heard<List<Object>> echoed = hear(client.socket(), "echoed");
    client.socket().emit("echo-back", "first");
    CompletionStage<Arguments> waiting = client.socket().emitWithAck("echo", "kept");
    client.socket().onConnect(() -> client.socket().emit("echo-back", "second"));

    client.connect();

    assertThat(echoed.next()).containsExactly("first");
    assertThat(echoed.next()).containsExactly("second");
    assertThat(get(waiting).toList()).containsExactly("kept");
  }

  @Test
  void whatIsEmittedAfterADisconnectWaitsForTheNextConnect() throws InterruptedException {
    SocketIoClient client = connected();
    client.socket().disconnect();
    CompletionStage<Arguments> waiting = client.socket().emitWithAck("echo", "a");

    client.connect();

    assertThat(get(waiting).toList()).containsExactly("a");
  }

  @Test
  void withoutABufferAnEmitFailsAtOnce() throws InterruptedException {
    SocketIoClient client = client(url(""), options().offlineEmits(OfflineEmits.FAIL));

    assertThatThrownBy(() -> client.socket().emit("echo-back", 1))
        .isInstanceOf(EmitRefusedException.class);
    assertThat(failure(client.socket().emitWithAck("echo", 1)))
        .isInstanceOf(EmitRefusedException.class);

    client.connect();
    assertThat(client.socket().call("echo", 1).toList()).containsExactly(1);
  }

  @Test
  void theBufferIsBounded() throws InterruptedException {
    SocketIoClient client = client(url(""), options().maxQueuedBytes(10_000));
    Heard<List<Object>> echoed = hear(client.socket(), "echoed");
    List<Integer> taken = new ArrayList<>();

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                client.socket().emit("echo-back", i, "x".repeat(100));
                taken.add(i);
              }
            })
        .isInstanceOf(EmitRefusedException.class);

    assertThat(taken).hasSizeBetween(10, 100);
    client.connect();
    for (int number : taken) {
      assertThat(echoed.next().get(0)).isEqualTo(number);
    }
  }

  @Test
  void aVolatileEventIsDroppedWhileNothingIsConnected() throws InterruptedException {
    SocketIoClient client = client();
    Heard<List<Object>> echoed = hear(client.socket(), "echoed");
    client.socket().asVolatile().emit("echo-back", "dropped");
    client.socket().emit("echo-back", "kept");

    client.connect();

    assertThat(echoed.next()).containsExactly("kept");
  }

  @Test
  void aVolatileEventIsSentOverAConnectionThatIsReady() throws InterruptedException {
    SocketIoClient client = connected();
    Heard<List<Object>> echoed = hear(client.socket(), "echoed");

    eventually(
        () -> {
          client.socket().asVolatile().emit("echo-back", "volatile");
          assertThat(echoed.all()).isNotEmpty();
        });
  }

  @Test
  void retriesKeepTheOrderAndSendOneEventAtATime() throws InterruptedException {
    SocketIoClient client = client(url(""), options().retries(1));
    Heard<List<Object>> echoed = hear(client.socket(), "echoed");
    client.connect();

    // The handlers of these events never ack, or at once; all are delivered in their order.
    CompletionStage<Arguments> one = client.socket().emitWithAck("echo", 1);
    CompletionStage<Arguments> two = client.socket().emitWithAck("echo", 2);
    CompletionStage<Arguments> three = client.socket().emitWithAck("echo", 3);

    assertThat(get(three).toList()).containsExactly(3);
    assertThat(one.toCompletableFuture()).isCompleted();
    assertThat(two.toCompletableFuture()).isCompleted();
    assertThat(echoed.all()).isEmpty();
  }

  @Test
  void anEventIsGivenUpAfterAsManyRetries() throws InterruptedException {
    SocketIoClient client = client(url(""), options().retries(3).ackTimeout(SHORT));
    Heard<List<Object>> echoed = hear(client.socket(), "echoed");
    settled(client);

    CompletionStage<Arguments> stage = client.socket().emitWithAck("echo-back", "no ack");

    assertThat(failure(stage)).isInstanceOf(AckTimeoutException.class);
    eventually(() -> assertThat(echoed.all()).hasSize(4));
    assertThat(client.socket().timeout(Heard.PATIENCE).call("echo", 5).toList())
        .containsExactly(5);
  }

  @Test
  void retriesDoNotCountWhileNothingIsConnected() throws InterruptedException {
    SocketIoClient client = client(url(""), options().retries(1).ackTimeout(SHORT));
    CompletionStage<Arguments> stage = client.socket().emitWithAck("echo", 1);

    holds(SHORT.multipliedBy(6), () -> !stage.toCompletableFuture().isDone());
    client.connect();

    assertThat(stage.toCompletableFuture()).succeedsWithin(Heard.PATIENCE);
  }
}
