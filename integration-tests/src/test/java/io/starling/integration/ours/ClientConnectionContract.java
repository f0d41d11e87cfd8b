package io.starling.integration.ours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.client.ClientOptions;
import io.starling.client.ClientSocket;
import io.starling.client.ConnectFailedException;
import io.starling.client.DisconnectReason;
import io.starling.client.SocketIoClient;
import io.starling.integration.process.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Connecting, namespaces, what the server is shown, refusals, and leaving. */
abstract class ClientConnectionContract extends ClientFixture {
  ClientConnectionContract(ServerKind kind, Transports transports) {
    super(kind, transports);
  }

  @Test
  void theIdIsTheOneThatTheServerKnows() throws InterruptedException {
    SocketIoClient client = connected();

    assertThat(handshake(client).get("id")).isEqualTo(client.socket().sid());
  }

  @Test
  void theClientEndsUpWithItsLastTransport() throws InterruptedException {
    SocketIoClient client = client();

    assertThat(client.transport()).isNull();
    client.connect();
    awaitTransport(client);

    assertThat(client.connected()).isTrue();
  }

  @Test
  void connectAsyncCompletesWhenTheNamespacesAreConnected() throws InterruptedException {
    SocketIoClient client = client();
    ClientSocket custom = client.of("/custom");
    ClientSocket root = client.socket();

    assertThat(get(client.connectAsync())).isSameAs(client);

    assertThat(List.of(custom, root)).allMatch(ClientSocket::connected);
    assertThat(custom.sid()).isNotEqualTo(root.sid());
  }

  @Test
  void aClientThatIsNotAskedDoesNotConnect() {
    Counting counting = new Counting();
    SocketIoClient client = client(url(""), options().listener(counting));
    client.socket().onAny((event, arguments) -> {});

    assertThat(client.connected()).isFalse();
    assertThat(client.socket().sid()).isNull();
    client.close();
    assertThat(counting.opened.all()).isEmpty();
  }

  @Test
  void twoClientsHaveConnectionsOfTheirOwn() throws InterruptedException {
    SocketIoClient one = connected();
    SocketIoClient other = settled(client(url("/?woot"), options()));

    assertThat(one.socket().sid()).isNotEqualTo(other.socket().sid());
    one.close();
    assertThat(other.socket().call("echo", 1).toList()).containsExactly(1);
  }

  @Test
  void namespacesShareOneConnection() throws InterruptedException {
    Counting counting = new Counting();
    SocketIoClient client = client(url(""), options().listener(counting));
    client.of("/custom");
    client.of("/greeting");
    settled(client);

    get(client.of("/guarded").connectAsync().handle((socket, failure) -> "refused"));

    assertThat(counting.opened.all()).hasSize(1);
  }

  @Test
  void thePathOfTheUrlIsTheNamespace() throws InterruptedException {
    SocketIoClient client = client(url("/custom"), options().auth(Map.of("token", "ünï")));
    client.connect();

    assertThat(client.socket().namespace()).isEqualTo("/custom");
    assertThat(client.socket().call("auth").get(0)).isEqualTo(Map.of("token", "ünï"));
  }

  @Test
  void aNamespaceIsConnectedLaterOverTheSameConnection() throws InterruptedException {
    SocketIoClient client = connected();
    ClientSocket custom = client.of("custom");

    get(custom.connectAsync());

    assertThat(custom.call("auth").get(0)).isEqualTo(Map.of());
    assertThat(client.of("/custom")).isSameAs(custom);
  }

  @Test
  void anActiveSocketIsNotConnectedTwice() throws InterruptedException {
    SocketIoClient client = client();
    Heard<String> connects = connects(client.socket());

    CompletableFuture<?> first = client.socket().connectAsync().toCompletableFuture();
    get(client.socket().connectAsync());
    get(first);
    get(client.socket().connectAsync());

    // A server closes the connection of a client that asks twice for one namespace.
    assertThat(client.socket().call("echo", 1).toList()).containsExactly(1);
    assertThat(connects.all()).hasSize(1);
  }

  @Test
  void aNamespaceOpensAfterTheConnectionWasClosed() throws InterruptedException {
    SocketIoClient client = connected();
    client.socket().disconnect();
    eventually(() -> assertThat(client.connected()).isFalse());

    get(client.of("/custom").connectAsync());

    assertThat(client.of("/custom").connected()).isTrue();
    assertThat(client.socket().connected()).isFalse();
  }

  @Test
  void aNamespaceConnectsWhileAnotherLeaves() throws InterruptedException {
    SocketIoClient client = connected();
    CompletableFuture<?> connecting = client.of("/custom").connectAsync().toCompletableFuture();
    client.socket().disconnect();

    get(connecting);

    assertThat(client.of("/custom").call("auth").size()).isEqualTo(1);
  }

  @Test
  void theConnectionStaysUntilTheLastNamespaceLeaves() throws InterruptedException {
    SocketIoClient client = client();
    client.socket();
    ClientSocket custom = client.of("/custom");
    settled(client);
    Heard<DisconnectReason> gone = disconnects(custom);

    client.socket().disconnect();
    assertThat(custom.call("auth").size()).isEqualTo(1);
    custom.disconnect();

    assertThat(gone.next()).isEqualTo(DisconnectReason.CLIENT_DISCONNECT);
    client.awaitClose();
    assertThat(client.connected()).isFalse();
  }

  @Test
  void disconnectingClearsTheIdAndTellsTheReason() throws InterruptedException {
    SocketIoClient client = connected();
    Heard<DisconnectReason> gone = disconnects(client.socket());

    client.disconnect();

    assertThat(gone.next()).isEqualTo(DisconnectReason.CLIENT_DISCONNECT);
    assertThat(client.socket().sid()).isNull();
    assertThat(client.socket().connected()).isFalse();
  }

  @Test
  void disconnectingWhileConnectingIsNoError() throws InterruptedException {
    SocketIoClient client = client();
    Heard<ConnectFailedException> errors = errors(client.socket());
    CompletableFuture<?> connecting = client.connectAsync().toCompletableFuture();

    client.disconnect();
    client.awaitClose();

    assertThat(connecting).failsWithin(Heard.PATIENCE);
    assertThat(errors.all()).isEmpty();
    client.connect();
    assertThat(client.socket().connected()).isTrue();
  }

  @Test
  void theServerSeesTheQueryAsItWasGiven() throws InterruptedException {
    SocketIoClient client =
        client(url("/?c=d&e=%26"), options().query(Map.of("&a", "&=?a", "plus", "1+1 ü")));
    client.connect();

    assertThat(seen(client, "query"))
        .containsEntry("c", "d")
        .containsEntry("e", "&")
        .containsEntry("&a", "&=?a")
        .containsEntry("plus", "1+1 ü")
        .containsEntry("EIO", "4");
  }

  @Test
  void theServerSeesTheHeaders() throws InterruptedException {
    SocketIoClient client = client(url(""), options().headers(Map.of("X-Test", "yes")));
    client.connect();

    assertThat(seen(client, "headers")).containsEntry("x-test", "yes");
  }

  @Test
  void theServerSeesTheAuthButNotInTheQuery() throws InterruptedException {
    SocketIoClient client = client(url(""), options().auth(Map.of("a", "b")));
    client.connect();

    assertThat(seen(client, "auth")).isEqualTo(Map.of("a", "b"));
    assertThat(seen(client, "query")).doesNotContainKey("a");
  }

  @Test
  void suppliersAreAskedAgainForEachConnection() throws InterruptedException {
    AtomicInteger attempt = new AtomicInteger();
    SocketIoClient client =
        client(
            url(""),
            options()
                .auth(
                    namespace ->
                        CompletableFuture.supplyAsync(
                            () -> Map.of("attempt", attempt.incrementAndGet() + namespace),
                            Runnable::run))
                .headers(() -> Map.of("x-attempt", "h" + attempt))
                .query(() -> Map.of("attempt", "q" + attempt)));
    client.connect();
    client.disconnect();
    client.awaitClose();

    client.connect();

    assertThat(seen(client, "auth")).isEqualTo(Map.of("attempt", "2/"));
    assertThat(seen(client, "headers")).containsEntry("x-attempt", "h1");
    assertThat(seen(client, "query")).containsEntry("attempt", "q1");
  }

  @Test
  void aRefusalHasTheMessageAndTheDataOfTheServer() throws InterruptedException {
    SocketIoClient client = client(url("/closed"), options());
    Heard<ConnectFailedException> errors = errors(client.socket());

    assertThatThrownBy(client::connect)
        .isInstanceOf(ConnectFailedException.class)
        .hasMessageContaining("not you");

    ConnectFailedException error = errors.next();
    assertThat(error.refused()).isTrue();
    assertThat((Object) error.data(Map.class)).isEqualTo(Map.of("code", 7));
    assertThat(client.connected()).isFalse();
  }

  @Test
  void anUnknownNamespaceIsRefusedWithTheWordsOfTheServer() {
    SocketIoClient client = client(url("/unknown"), options());

    assertThatThrownBy(client::connect)
        .isInstanceOfSatisfying(
            ConnectFailedException.class, error -> assertThat(error.refused()).isTrue())
        .hasMessageContaining(
            kind() == ServerKind.PYTHON ? "Unable to connect" : "Invalid namespace");
  }

  @Test
  void aRefusedNamespaceIsNotTriedAgainByItself() throws InterruptedException {
    Counting counting = new Counting();
    SocketIoClient client = client(url("/closed"), options().listener(counting));
    Heard<ConnectFailedException> errors = errors(client.socket());

    failure(client.connectAsync());
    client.awaitClose();

    assertThat(errors.all()).hasSize(1);
    assertThat(counting.delays.all()).isEmpty();
  }

  @Test
  void aRefusalOfOneNamespaceLeavesTheOthersAlone() throws InterruptedException {
    SocketIoClient client = connected();

    assertThat(failure(client.of("/guarded").connectAsync())).hasMessageContaining("not you");

    assertThat(client.socket().call("echo", 1).toList()).containsExactly(1);
  }

  @Test
  void aSocketThatWasRefusedConnectsWithABetterToken() throws InterruptedException {
    AtomicInteger attempt = new AtomicInteger();
    SocketIoClient client =
        client(
            url("/guarded"),
            options()
                .auth(
                    namespace -> Map.of("token", attempt.getAndIncrement() == 0 ? "x" : "right")));
    assertThat(failure(client.connectAsync())).hasMessageContaining("not you");

    client.connect();

    assertThat(client.socket().connected()).isTrue();
  }

  @Test
  void anAddressWhereNobodyListensFailsWithAReason() throws InterruptedException {
    SocketIoClient client = client("http://127.0.0.1:" + closedPort(), options());
    Heard<ConnectFailedException> errors = errors(client.socket());

    assertThatThrownBy(client::connect)
        .isInstanceOfSatisfying(
            ConnectFailedException.class, error -> assertThat(error.refused()).isFalse());

    assertThat(errors.next().getMessage()).isNotBlank();
    client.awaitClose();
  }

  final int closedPort() {
    try (TcpProxy closed = TcpProxy.open(0)) {
      return closed.port();
    }
  }

  @Test
  void aServerThatDoesNotAnswerFailsAfterTheConnectTimeout() throws InterruptedException {
    TcpProxy proxy = proxy();
    proxy.hold();
    ClientOptions.Builder options = options().connectTimeout(Duration.ofMillis(300));
    SocketIoClient client = client(proxy.url().toString(), options);
    Heard<ConnectFailedException> errors = errors(client.socket());

    assertThat(failure(client.connectAsync())).hasMessageContaining("300");

    assertThat(errors.next().refused()).isFalse();
    proxy.release();
  }

  @Test
  void theServerDisconnectsForGood() throws InterruptedException {
    SocketIoClient client = connected();
    Heard<DisconnectReason> gone = disconnects(client.socket());
    Heard<String> connects = connects(client.socket());

    client.socket().emit("leave", false);

    assertThat(gone.next()).isEqualTo(DisconnectReason.SERVER_DISCONNECT);
    client.awaitClose();
    assertThat(connects.all()).isEmpty();
  }

  @Test
  void aServerDisconnectIsFollowedByAConnectIfTheOptionsSaySo() throws InterruptedException {
    SocketIoClient client = client(url(""), options().reconnectAfterServerDisconnect(true));
    settled(client);
    Heard<String> connects = connects(client.socket());

    client.socket().emit("leave", false);

    assertThat(connects.next()).isNotEmpty();
    assertThat(client.socket().call("echo", 1).toList()).containsExactly(1);
  }

  @Test
  void aClosedClientTakesNothingMore() throws InterruptedException {
    SocketIoClient client = connected();
    client.close();
    client.close();

    client.awaitClose();
    assertThatThrownBy(() -> client.socket().emit("echo-back", 1))
        .hasMessageContaining("closed");
    assertThatThrownBy(client::connect).isInstanceOf(RuntimeException.class);
  }
}
