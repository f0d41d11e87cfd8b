package io.starling.socketio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.local.LocalClientManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What operators ask a server. */
final class ManagementIT {
  private final HttpClient client = HttpClient.newHttpClient();
  private final LocalClientManager manager = new LocalClientManager();
  private final SocketIoServer server =
      SocketIoServer.create(
          SocketIoServerConfig.builder()
              .host("localhost")
              .port(0)
              .managementPort(0)
              .manager(manager)
              .build());

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aServerThatListensIsAliveAndReady() {
    server.start();

    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").body())
        .isEqualTo("{\"ready\":true,\"listening\":true,\"draining\":false,\"broker\":\"UP\"}");
    assertThat(get("/readyz").headers().firstValue("content-type")).contains("application/json");
  }

  @Test
  void theManagementPortIsOnLoopbackAndApart() {
    server.start();

    assertThat(server.managementAddress().getAddress().isLoopbackAddress()).isTrue();
    assertThat(get(server.address(), "/healthz").statusCode()).isEqualTo(404);
    assertThat(get("/socket.io/?EIO=4&transport=polling").statusCode()).isEqualTo(404);
  }

  @Test
  void aBrokerThatIsAwayIsToldInTheStatusWhenAskedFor() {
    server.start();
    manager.close();

    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").body()).contains("\"ready\":true", "\"broker\":\"CLOSED\"");
    assertThat(get("/readyz?broker").statusCode()).isEqualTo(503);
    assertThat(get("/readyz?broker").body()).contains("\"ready\":false");
  }

  @Test
  void aServerThatIsClosedDrainsAndIsNotReady() throws InterruptedException {
    CountDownLatch closing = new CountDownLatch(1);
    CountDownLatch looked = new CountDownLatch(1);
    server
        .root()
        .onDisconnect(
            (socket, reason) -> {
              closing.countDown();
              looked.await();
            });
    server.start();
    RawClient guest = new RawClient(server.port()).send("40");
    assertThat(guest.next()).startsWith("40{");
    Thread closer = new Thread(server::close);
    closer.start();
    closing.await();

    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").body()).contains("\"ready\":false", "\"draining\":true");
    looked.countDown();
    closer.join();
    assertThatThrownBy(() -> get("/healthz")).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void metricsAreWhatPrometheusReads() {
    server.start();
    RawClient guest = new RawClient(server.port()).send("40");
    guest.next();

    HttpResponse<String> metrics = get("/metrics");
    assertThat(metrics.headers().firstValue("content-type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(metrics.body())
        .contains(
            "starling_server_connections{transport=\"websocket\"}",
            "starling_server_sockets{namespace=\"/\"}",
            "starling_server_disconnects_total{reason=\"slow consumer\"}",
            "starling_bus_state{state=\"UP\"} 1",
            "jvm_memory_used_bytes");
  }

  @Test
  void otherMethodsAreRefused() {
    server.start();

    HttpResponse<String> response =
        send(
            HttpRequest.newBuilder(uri(server.managementAddress(), "/healthz"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
    assertThat(response.statusCode()).isEqualTo(405);
  }

  @Test
  void withoutAPortNothingListens() {
    try (SocketIoServer plain =
        SocketIoServer.create(SocketIoServerConfig.builder().host("localhost").port(0).build())) {
      plain.start();
      assertThatThrownBy(plain::managementAddress).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress("localhost", 0));
      SocketIoServer second =
          SocketIoServer.create(
              SocketIoServerConfig.builder().port(0).managementPort(taken.getLocalPort()).build());
      assertThatThrownBy(second::start)
          .isInstanceOf(ServerStartException.class)
          .hasMessage("management-port: " + taken.getLocalPort() + " (expected: a free port)");
    }
  }

  private HttpResponse<String> get(String path) {
    return get(server.managementAddress(), path);
  }

  private HttpResponse<String> get(InetSocketAddress address, String path) {
    return send(HttpRequest.newBuilder(uri(address, path)).build());
  }

  private static URI uri(InetSocketAddress address, String path) {
    return URI.create("http://localhost:" + address.getPort() + path);
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
