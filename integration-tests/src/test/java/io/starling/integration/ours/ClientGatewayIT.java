package io.starling.integration.ours;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.client.ClientOptions;
import io.starling.client.ConnectFailedException;
import io.starling.client.DisconnectReason;
import io.starling.client.SocketIoClient;
import io.starling.client.TransportKind;
import io.starling.integration.process.FakeServer;
import io.starling.integration.process.TcpProxy;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What may stand between client and server: gateways, balancers, proxies, networks without WebSocket. */
final class ClientGatewayIT extends ClientFixture {
  private static final Pattern WEB_SOCKETS = Pattern.compile("^GET [^ ]*transport=websocket");

  ClientGatewayIT() {
    super(ServerKind.STARLING, Transports.UPGRADE);
  }

  @Test
  void anUpgradeThatHangsLeavesPollingAtWork() throws InterruptedException {
    TcpProxy proxy = proxy();
    proxy.swallow(WEB_SOCKETS);
    SocketIoClient client = client(proxy.url().toString(), options());
    Heard<DisconnectReason> gone = disconnects(client.socket());
    client.connect();

    for (int i = 0; i < 50; i++) {
      assertThat(client.socket().call("echo", i).toList()).containsExactly(i);
    }

    assertThat(client.transport()).isEqualTo(TransportKind.POLLING);
    assertThat(gone.all()).isEmpty();
  }

  @Test
  void anUpgradeThatIsRefusedLeavesPollingAtWork() throws InterruptedException {
    FakeServer server = opened(FakeServer.open(HandWritten.polling(HandWritten.CONNECTED)));
    SocketIoClient client = client(server.url().toString(), options());

    client.connect();

    eventually(
        () -> assertThat(server.requests()).anyMatch(FakeServer.Request::wantsWebSocket));
    assertThat(client.transport()).isEqualTo(TransportKind.POLLING);
    assertThat(client.connected()).isTrue();
  }

  @Test
  void withoutUpgradesTheClientKeepsPolling() throws InterruptedException {
    FakeServer server = opened(FakeServer.open(HandWritten.polling(HandWritten.CONNECTED)));
    SocketIoClient client = client(server.url().toString(), options().upgrade(false));

    client.connect();

    assertThat(server.requests()).noneMatch(FakeServer.Request::wantsWebSocket);
  }

  @Test
  void aGatewayThatAnswersBadGatewayIsAReason() throws InterruptedException {
    FakeServer gateway =
        opened(FakeServer.open(exchange -> exchange.answer(502, "<html>Bad Gateway</html>")));
    for (Transports transports : Transports.values()) {
      SocketIoClient client =
          client(gateway.url().toString(), options().transports(transports.kinds()));

      assertThat(failure(client.connectAsync()))
          .isInstanceOf(ConnectFailedException.class)
          .hasMessageContaining("502");
    }
  }

  @Test
  void aRedirectionIsFollowedOrIsAReason() throws InterruptedException {
    FakeServer mover =
        opened(
            FakeServer.open(
                exchange ->
                    exchange.answer(307, "", "Location: " + url(exchange.request().target()))));
    for (Transports transports : Transports.values()) {
      SocketIoClient client =
          client(mover.url().toString(), options().transports(transports.kinds()));
      CompletableFuture<SocketIoClient> connecting = client.connectAsync().toCompletableFuture();

      assertThat(connecting.handle((connected, failure) -> true)).succeedsWithin(Heard.PATIENCE);
      if (connecting.isCompletedExceptionally()) {
        assertThat(failure(connecting)).hasMessageContaining("307");
      }
    }
  }

  @Test
  void aRedirectionToItselfIsAReason() throws InterruptedException {
    FakeServer mover =
        opened(
            FakeServer.open(
                exchange ->
                    exchange.answer(302, "", "Location: " + exchange.request().target())));
    for (Transports transports : Transports.values()) {
      SocketIoClient client =
          client(mover.url().toString(), options().transports(transports.kinds()));

      assertThat(failure(client.connectAsync()))
          .isInstanceOf(ConnectFailedException.class)
          .hasMessageContaining("302");
    }
  }

  /** A balancer keeps a client on one server by a cookie that it sends with each of its requests. */
  @Test
  void theCookiesOfTheHandshakeAreSentWithEveryRequestOfTheConnection()
      throws InterruptedException {
    FakeServer balancer =
        opened(FakeServer.open(HandWritten.polling(HandWritten.CONNECTED, "Set-Cookie: lb=one; Path=/; HttpOnly")));
    SocketIoClient client = client(balancer.url().toString(), options());
    client.connect();
    eventually(
        () -> assertThat(balancer.requests()).anyMatch(FakeServer.Request::wantsWebSocket));

    assertThat(balancer.requests().stream().filter(each -> each.target().contains("sid=")))
        .hasSizeGreaterThan(2)
        .allSatisfy(request -> assertThat(request.headers().get("cookie")).contains("lb=one"));
  }

  @Test
  void theCookiesOfOneClientAreNotSentByAnother() throws InterruptedException {
    FakeServer balancer = opened(FakeServer.open(HandWritten.polling(HandWritten.CONNECTED, "Set-Cookie: lb=one; Path=/")));
    client(balancer.url().toString(), options()).connect();

    SocketIoClient other = client(url(""), options().query(Map.of("other", "yes")));
    other.connect();

    assertThat(seen(other, "headers")).doesNotContainKey("cookie");
  }

  @Test
  void tryAllTransportsReachesAServerWithoutWebSocket() throws InterruptedException {
    FakeServer pollingOnly = opened(FakeServer.open(HandWritten.polling(HandWritten.CONNECTED)));
    ClientOptions.Builder options =
        options().transports(TransportKind.WEBSOCKET, TransportKind.POLLING);
    SocketIoClient first = client(pollingOnly.url().toString(), options);
    assertThat(failure(first.connectAsync()))
        .isInstanceOf(ConnectFailedException.class)
        .hasMessageContaining("400");

    SocketIoClient all = client(pollingOnly.url().toString(), options.tryAllTransports(true));
    all.connect();

    assertThat(all.transport()).isEqualTo(TransportKind.POLLING);
  }

  /** A forward proxy sees the whole URL of a request. */
  @Test
  void aProxyOfTheOptionsGetsTheRequests() throws InterruptedException {
    FakeServer proxy = opened(FakeServer.open(HandWritten.polling(HandWritten.CONNECTED)));
    ProxySelector selector =
        ProxySelector.of(new InetSocketAddress("127.0.0.1", proxy.url().getPort()));
    SocketIoClient client =
        client(
            "http://server.invalid:3000",
            options().transports(TransportKind.POLLING).proxy(selector));

    client.connect();

    assertThat(List.copyOf(proxy.requests()))
        .allMatch(request -> request.target().startsWith("http://server.invalid:3000/socket.io/"));
  }
}
