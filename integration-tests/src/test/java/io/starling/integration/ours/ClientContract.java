package io.starling.integration.ours;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.client.ClientOptions;
import io.starling.client.ClientSocket;
import io.starling.client.ConnectFailedException;
import io.starling.client.DisconnectReason;
import io.starling.client.SocketIoClient;
import io.starling.integration.process.TcpProxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/**
 * What Starling's client does with every server over every transport. This part: losing the
 * connection and coming back.
 */
abstract class ClientContract extends ClientAckContract {
  ClientContract(ServerKind kind, Transports transports) {
    super(kind, transports);
  }

  private SocketIoClient through(TcpProxy proxy) throws InterruptedException {
    return settled(client(proxy.url().toString(), options()));
  }

  private static void cut(TcpProxy proxy, Heard<DisconnectReason> gone)
      throws InterruptedException {
    proxy.cut();
    assertThat(gone.next())
        .isIn(DisconnectReason.TRANSPORT_CLOSE, DisconnectReason.TRANSPORT_ERROR);
  }

  @Test
  void aLostConnectionComesBackWithANewId() throws InterruptedException {
    TcpProxy proxy = proxy();
    SocketIoClient client = through(proxy);
    String before = String.valueOf(client.socket().sid());
    Heard<DisconnectReason> gone = disconnects(client.socket());
    Heard<String> back = connects(client.socket());
    Heard<ConnectFailedException> errors = errors(client.socket());
    Heard<Integer> attempts = new Heard<>();
    Heard<Integer> reconnects = new Heard<>();
    client.onReconnectAttempt(attempts::add).onReconnect(reconnects::add);

    cut(proxy, gone);

    assertThat(back.next()).isNotEqualTo(before).isEqualTo(client.socket().sid());
    assertThat(attempts.next()).isEqualTo(1);
    assertThat(reconnects.next()).isEqualTo(1);
    assertThat(client.socket().recovered()).isFalse();
    assertThat(errors.all()).isEmpty();
    assertThat(client.socket().call("echo", "again").toList()).containsExactly("again");
    awaitTransport(client);
  }

  @Test
  void allNamespacesComeBack() throws InterruptedException {
    TcpProxy proxy = proxy();
    SocketIoClient client = client(proxy.url().toString(), options());
    client.socket();
    ClientSocket custom = client.of("/custom");
    settled(client);
    Heard<DisconnectReason> gone = disconnects(custom);
    Heard<String> back = connects(custom);

    cut(proxy, gone);

    back.next();
    assertThat(custom.call("auth").size()).isEqualTo(1);
    assertThat(client.socket().call("echo", 1).toList()).containsExactly(1);
  }

  @Test
  void aSocketThatLeftStaysAwayWhenTheOtherComesBack() throws InterruptedException {
    TcpProxy proxy = proxy();
    SocketIoClient client = client(proxy.url().toString(), options());
    client.socket();
    ClientSocket custom = client.of("/custom");
    settled(client);
    client.socket().disconnect();
    Heard<DisconnectReason> gone = disconnects(custom);
    Heard<String> back = connects(custom);

    cut(proxy, gone);

    back.next();
    assertThat(client.socket().connected()).isFalse();
  }

  @Test
  void whatIsEmittedMeanwhileArrivesOnceAndInOrder() throws InterruptedException {
    TcpProxy proxy = proxy();
    SocketIoClient client = through(proxy);
    Heard<DisconnectReason> gone = disconnects(client.socket());
    Heard<List<Object>> echoed = hear(client.socket(), "echoed");
    proxy.hold();
    cut(proxy, gone);

    for (int i = 0; i < 20; i++) {
      client.socket().emit("echo-back", i);
    }
    proxy.release();

    for (int i = 0; i < 20; i++) {
      assertThat(echoed.next()).containsExactly(i);
    }
    client.socket().call("echo", "end");
    assertThat(echoed.all()).hasSize(20);
  }

  @Test
  void withoutReconnectionTheClientStaysAway() throws InterruptedException {
    TcpProxy proxy = proxy();
    Counting counting = new Counting();
    ClientOptions.Builder options = options().reconnection(false).listener(counting);
    SocketIoClient client = settled(client(proxy.url().toString(), options));
    Heard<DisconnectReason> gone = disconnects(client.socket());

    cut(proxy, gone);

    client.awaitClose();
    assertThat(counting.opened.all()).hasSize(1);
    assertThat(counting.delays.all()).isEmpty();
  }

  @Test
  void theClientGivesUpAfterAsManyAttempts() throws InterruptedException {
    TcpProxy proxy = proxy();
    ClientOptions.Builder options = options().reconnectionAttempts(2);
    SocketIoClient client = settled(client(proxy.url().toString(), options));
    Heard<Integer> attempts = new Heard<>();
    Heard<Integer> failed = new Heard<>();
    client.onReconnectAttempt(attempts::add).onReconnectFailed(failed::add);
    Heard<ConnectFailedException> errors = errors(client.socket());

    proxy.close();

    assertThat(failed.next()).isEqualTo(2);
    client.awaitClose();
    assertThat(attempts.all()).containsExactly(1, 2);
    eventually(() -> assertThat(errors.all()).hasSize(2));
  }

  @Test
  void aFirstConnectionIsRetriedIfTheOptionsSaySo() throws InterruptedException {
    ClientOptions.Builder options = options().retryFirstConnection(true).reconnectionAttempts(2);
    SocketIoClient client = client("http://127.0.0.1:" + closedPort(), options);
    Heard<Integer> attempts = new Heard<>();
    client.onReconnectAttempt(attempts::add);

    assertThat(failure(client.connectAsync())).isInstanceOf(ConnectFailedException.class);
    eventually(() -> assertThat(attempts.all()).containsExactly(1, 2));
    // The same again after the client gave up.
    assertThat(failure(client.connectAsync())).isInstanceOf(ConnectFailedException.class);

    eventually(() -> assertThat(attempts.all()).containsExactly(1, 2, 1, 2));
  }

  @Test
  void aServerThatComesLaterIsFoundByTheRetriesOfTheFirstConnection()
      throws InterruptedException {
    TcpProxy proxy = proxy();
    int server = URI.create(url("")).getPort();
    proxy.redirect(closedPort());
    SocketIoClient client = client(proxy.url().toString(), options().retryFirstConnection(true));
    Heard<ConnectFailedException> errors = errors(client.socket());
    CompletionStage<SocketIoClient> connecting = client.connectAsync();

    errors.next();
    proxy.redirect(server);

    get(connecting);
    assertThat(client.socket().call("echo", 1).toList()).containsExactly(1);
  }

  @Test
  void theDelayGrowsUpToItsMaximum() throws InterruptedException {
    Counting counting = new Counting();
    ClientOptions.Builder options =
        options()
            .retryFirstConnection(true)
            .reconnectionAttempts(5)
            .reconnectionDelay(Duration.ofMillis(10))
            .reconnectionDelayMax(Duration.ofMillis(60))
            .listener(counting);
    SocketIoClient client = client("http://127.0.0.1:" + closedPort(), options);

    failure(client.connectAsync());

    assertThat(counting.delays.all().stream().map(Duration::toMillis))
        .containsExactly(10L, 20L, 40L, 60L, 60L);
  }

  @Test
  void disconnectingEndsTheAttempts() throws InterruptedException {
    TcpProxy proxy = proxy();
    SocketIoClient client = through(proxy);
    Heard<Integer> attempts = new Heard<>();
    client.onReconnectAttempt(attempts::add);
    proxy.close();
    attempts.next();

    client.disconnect();
    client.awaitClose();

    int made = attempts.all().size();
    holds(Duration.ofMillis(300), () -> attempts.all().size() <= made + 1);
  }

  @Test
  void aClientThatStoppedItsAttemptsConnectsWhenAsked() throws InterruptedException {
    TcpProxy proxy = proxy();
    int server = URI.create(url("")).getPort();
    SocketIoClient client = through(proxy);
    Heard<Integer> attempts = new Heard<>();
    client.onReconnectAttempt(attempts::add);
    proxy.redirect(closedPort());
    proxy.cut();
    attempts.next();
    client.disconnect();
    proxy.redirect(server);

    client.connect();

    assertThat(client.socket().call("echo", 1).toList()).containsExactly(1);
  }

  @Test
  void aClientReconnectsAlsoAfterItWasConnectedByHand() throws InterruptedException {
    TcpProxy proxy = proxy();
    SocketIoClient client = through(proxy);
    client.disconnect();
    client.awaitClose();
    settled(client);
    Heard<DisconnectReason> gone = disconnects(client.socket());
    Heard<String> back = connects(client.socket());

    cut(proxy, gone);

    assertThat(back.next()).isNotEmpty();
  }

  @Test
  void disconnectAndConnectAtOnceMakeANewConnection() throws InterruptedException {
    SocketIoClient client = connected();
    String before = String.valueOf(client.socket().sid());
    Heard<DisconnectReason> gone = disconnects(client.socket());

    client.socket().disconnect();
    get(client.socket().connectAsync());

    assertThat(client.socket().sid()).isNotEqualTo(before);
    assertThat(client.socket().call("echo", 1).toList()).containsExactly(1);
    assertThat(gone.all()).containsExactly(DisconnectReason.CLIENT_DISCONNECT);
  }

  @Test
  void aConnectionThatStandsIsNotTriedAgain() throws InterruptedException {
    Counting counting = new Counting();
    SocketIoClient client = client(url(""), options().listener(counting));
    settled(client);

    // For more than one heartbeat of the server.
    holds(Duration.ofMillis(2_200), client::connected);

    assertThat(client.socket().call("echo", 1).toList()).containsExactly(1);
    assertThat(counting.opened.all()).hasSize(1);
    assertThat(counting.delays.all()).isEmpty();
  }
}
