package io.starling.integration.ours;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.client.ClientOptions;
import io.starling.client.ConnectFailedException;
import io.starling.client.DisconnectReason;
import io.starling.client.SocketDisconnectedException;
import io.starling.client.SocketIoClient;
import io.starling.integration.process.FakeServer;
import io.starling.integration.process.ServerProcess;
import io.starling.integration.process.TcpProxy;
import io.starling.protocol.payload.Arguments;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers and networks that fail. No event comes twice or out of order, and every ack ends. */
@ParameterizedClass
@EnumSource
final class ClientFaultsIT extends ClientFixture {
  private static final Pattern ALL = Pattern.compile("");
  private static final Pattern POLLS = Pattern.compile("^GET [^ ]*transport=polling");
  private static final Pattern POSTS = Pattern.compile("^POST ");
  private static final Pattern WEB_SOCKETS = Pattern.compile("^GET [^ ]*transport=websocket");
  private static final Duration PING_TIMEOUT = Duration.ofSeconds(6);

  ClientFaultsIT(Transports transports) {
    super(ServerKind.STARLING, transports);
  }

  @ParameterizedTest
  @EnumSource(names = {"NODE", "PYTHON", "STARLING"})
  void aServerThatIsKilledAndStartedAgainIsFoundAgain(ServerKind killed)
      throws InterruptedException {
    ServerProcess server = opened(killed.start(0));
    SocketIoClient client = settled(client(server.url().toString(), options()));
    Heard<DisconnectReason> gone = disconnects(client.socket());
    Heard<String> back = connects(client.socket());
    Heard<List<Object>> echoed = hear(client.socket(), "echoed");
    CompletionStage<Arguments> pending = client.socket().emitWithAck("unknown");
    client.socket().call("echo", "sent after it");

    server.process().kill();
    assertThat(gone.next())
        .isIn(DisconnectReason.TRANSPORT_CLOSE, DisconnectReason.TRANSPORT_ERROR);
    assertThat(failure(pending)).isInstanceOf(SocketDisconnectedException.class);
    client.socket().emit("echo-back", "meanwhile");
    opened(killed.start(server.port()));

    back.next();
    assertThat(echoed.next()).containsExactly("meanwhile");
    awaitTransport(client);
    assertThat(client.socket().call("echo", "end").toList()).containsExactly("end");
    assertThat(echoed.all()).hasSize(1);
  }

  /**
   * The connections are cut again and again at any moment, while numbered events go both ways. What
   * arrives is a part of what was sent, in order, and each event once at most.
   */
  @Test
  void eventsAndAcksSurviveCutsAtAnyMoment() throws InterruptedException {
    TcpProxy proxy = proxy();
    SocketIoClient client = client(proxy.url().toString(), options());
    Heard<List<Object>> echoed = hear(client.socket(), "echoed");
    client.connect();
    List<CompletionStage<Arguments>> acks = new ArrayList<>();

    int number = 0;
    for (int round = 0; round < 30; round++) {
      for (int i = 0; i < 10; i++) {
        client.socket().emit("echo-back", number++);
        acks.add(client.socket().emitWithAck("echo", number));
      }
      if (round % 3 > 0) { // else also a connection that is just being made
        ended(acks.get(acks.size() - round % 10 - 1));
      }
      proxy.cut();
    }

    acks.forEach(ClientFaultsIT::ended);
    assertThat(client.socket().call("echo", "end").toList()).containsExactly("end");
    List<Integer> numbers = echoed.all().stream().map(each -> (Integer) each.get(0)).toList();
    assertThat(numbers).isSorted().doesNotHaveDuplicates();
  }

  private static void ended(CompletionStage<?> stage) {
    assertThat(stage.toCompletableFuture().handle((result, failure) -> true))
        .succeedsWithin(Heard.PATIENCE);
  }

  @Test
  void retriesDeliverEverythingInOrderThroughCuts() throws InterruptedException {
    TcpProxy proxy = proxy();
    ClientOptions.Builder options = options().retries(1_000).ackTimeout(Duration.ofSeconds(2));
    SocketIoClient client = client(proxy.url().toString(), options);
    client.connect();
    List<CompletionStage<Arguments>> acks = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      acks.add(client.socket().emitWithAck("echo", i));
    }

    for (int round = 0; round < 5; round++) {
      get(acks.get(round * 5));
      proxy.cut();
    }

    for (int i = 0; i < 40; i++) {
      assertThat(get(acks.get(i)).toList()).containsExactly(i);
    }
  }

  @Test
  void aNetworkThatDropsEverythingIsNoticedByTheHeartbeat() throws InterruptedException {
    TcpProxy proxy = proxy();
    SocketIoClient client = settled(client(proxy.url().toString(), options()));
    Heard<DisconnectReason> gone = disconnects(client.socket());
    Heard<String> back = connects(client.socket());
    CompletionStage<Arguments> pending = client.socket().emitWithAck("unknown");
    long from = System.nanoTime();

    proxy.swallow(ALL);

    assertThat(gone.next()).isEqualTo(DisconnectReason.PING_TIMEOUT);
    assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(PING_TIMEOUT.multipliedBy(2));
    assertThat(failure(pending)).isInstanceOf(SocketDisconnectedException.class);
    proxy.swallow(null);
    back.next();
    assertThat(client.socket().call("echo", "again").toList()).containsExactly("again");
  }

  /** Each kind of request hangs until the attempt is over; the next attempt succeeds. */
  @Test
  void aHandshakeThatHangsEndsWithTheConnectTimeout() throws InterruptedException {
    for (Pattern hanging : List.of(ALL, POLLS, POSTS, WEB_SOCKETS)) {
      TcpProxy proxy = proxy();
      proxy.swallow(hanging);
      ClientOptions.Builder options =
          options().connectTimeout(Duration.ofMillis(400)).retryFirstConnection(true);
      SocketIoClient client = client(proxy.url().toString(), options);
      Heard<ConnectFailedException> errors = errors(client.socket());
      CompletionStage<SocketIoClient> connecting = client.connectAsync();

      if (!connectsWithout(hanging)) {
        assertThat(errors.next().getMessage()).as(hanging.pattern()).isNotBlank();
      }
      proxy.swallow(null);

      get(connecting);
      assertThat(client.socket().call("echo", 1).toList()).containsExactly(1);
    }
  }

  private boolean connectsWithout(Pattern requests) {
    return switch (transports()) {
      case POLLING -> requests == WEB_SOCKETS;
      case WEBSOCKET -> requests == POLLS || requests == POSTS;
      case UPGRADE -> requests == WEB_SOCKETS;
    };
  }

  @Test
  void aHandshakeThatIsCutFailsAtOnce() throws InterruptedException {
    TcpProxy proxy = proxy();
    proxy.hold();
    SocketIoClient client = client(proxy.url().toString(), options());
    CompletionStage<SocketIoClient> connecting = client.connectAsync();

    eventually(
        () -> {
          proxy.cut();
          assertThat(connecting.toCompletableFuture()).isDone();
        });

    assertThat(failure(connecting)).isInstanceOf(ConnectFailedException.class);
  }

  @Test
  void aProxyThatAnswersBadGatewayForAWhileIsWaitedOut() throws InterruptedException {
    FakeServer gateway = opened(FakeServer.open(exchange -> exchange.answer(502, "")));
    TcpProxy proxy = proxy();
    int server = URI.create(url("")).getPort();
    SocketIoClient client = settled(client(proxy.url().toString(), options()));
    Heard<DisconnectReason> gone = disconnects(client.socket());
    Heard<String> back = connects(client.socket());
    Heard<ConnectFailedException> errors = errors(client.socket());

    proxy.redirect(gateway.url().getPort());
    proxy.cut();
    gone.next();
    assertThat(errors.next().getMessage()).contains("502");
    proxy.redirect(server);

    back.next();
    assertThat(client.socket().call("echo", 1).toList()).containsExactly(1);
  }
}
