package io.starling.integration.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socket.client.Ack;
import io.starling.examples.guide.Audience;
import io.starling.examples.guide.Background;
import io.starling.examples.guide.ChatServer;
import io.starling.examples.guide.Configuring;
import io.starling.examples.guide.Emitting;
import io.starling.examples.guide.Events;
import io.starling.examples.guide.Http;
import io.starling.examples.guide.PriceFeed;
import io.starling.examples.guide.Reaching;
import io.starling.examples.guide.Rooms;
import io.starling.examples.guide.Sessions;
import io.starling.examples.guide.ShopHandlers;
import io.starling.integration.broker.Ports;
import io.starling.integration.client.JavaClient;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.transport.CorsPolicy;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.json.JSONObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the code of README and guide does, for clients of two servers. */
final class GuideIT {
  private static final Map<String, String> NO_AUTH = Map.of();

  @Test
  void theChatOfTheReadmeReachesARoomOnBothServers() throws Exception {
    try (ExampleServers servers = ExampleServers.started(url -> ChatServer.start(0, url))) {
      JavaClient ann = servers.connect(0, "/", NO_AUTH);
      JavaClient bob = servers.connect(1, "/", NO_AUTH);
      bob.emit("join", "tea");

      JSONObject toTea = new JSONObject(Map.of("room", "tea", "text", "hello"));
      await()
          .until(
              () ->
                  ann.call("message", toTea).equals(List.of("ok"))
                      && !bob.events("message").isEmpty());
      assertThat(((JSONObject) bob.events("message").get(0).get(0)).getString("text"))
          .isEqualTo("hello");

      servers.server(0).root().sockets().forEach(socket -> socket.join("news"));
      assertThat(Audience.of(servers.manager(), "news")).isEqualTo(1);
      PriceFeed.emit(servers.manager());
      assertThat(ann.awaitEvents("price", 1).get(0).get(0).toString()).isEqualTo("{\"eur\":4.2}");
    }
  }

  @Test
  void eventsComeWithArgumentsAndGoWithAcks() throws Exception {
    try (ExampleServers servers =
        ExampleServers.of(
            server -> {
              Events.events(server.of("/shop"));
              Events.answers(server.of("/shop"));
            })) {
      JavaClient client = servers.connect(0, "/shop", NO_AUTH);

      assertThat(client.call("price", "tea")).containsExactly(4.5);
      assertThat(client.call("stock", "tea")).containsExactly("tea", 7);
      assertThat(client.call("delivery", "tea")).containsExactly("tomorrow: tea");
      assertThat(client.call("order", new JSONObject(Map.of("article", "tea", "count", 3))))
          .containsExactly("ok", 3);
      client.emit("move", 2, 5);
      assertThat(client.awaitEvents("moved", 1)).containsExactly(List.of(2, 5));
      byte[] bytes = "bytes".getBytes(StandardCharsets.UTF_8);
      assertThat(client.call("upload", bytes)).isEmpty();
      assertThat(client.awaitEvents("stored", 1).get(0)).containsExactly(bytes.length, bytes);
    }
  }

  @Test
  void theMethodsOfAnObjectHandleANamespace() throws Exception {
    ShopHandlers handlers = new ShopHandlers();
    try (ExampleServers servers =
        ExampleServers.of(server -> server.of("/shop").register(handlers))) {
      JavaClient client = servers.connect(0, "/shop", NO_AUTH);
      JavaClient other = servers.connect(1, "/shop", NO_AUTH);

      assertThat(client.awaitEvents("welcome", 1).get(0).get(0).toString())
          .isEqualTo("{\"tea\":10}");
      assertThat(client.call("order", "tea", 3)).containsExactly(7);
      assertThat(other.awaitEvents("stock", 1)).containsExactly(List.of("tea", 7));
      assertThat(client.call("leave a note", "bye")).isEmpty();
      client.close();
      assertThat(other.awaitEvents("left", 1)).containsExactly(List.of("bye"));
    }
  }

  @Test
  void theServerAsksAndOthersAreAnswered() throws Exception {
    try (ExampleServers servers =
        ExampleServers.of(
            server -> {
              Events.questions(server.of("/shop"));
              Events.others(server.of("/shop"));
            })) {
      JavaClient client = servers.connect(0, "/shop", NO_AUTH);
      JavaClient other = servers.connect(1, "/shop", NO_AUTH);
      client.on("confirm", arguments -> acknowledge(arguments, true));
      client.on("new name", arguments -> acknowledge(arguments, "Ann"));

      assertThat(client.call("check out")).containsExactly(true);
      assertThat(client.call("rename")).containsExactly("Hello, Ann");
      assertThat(client.call("juggle")).containsExactly("no such event: juggle");
      String id = client.id();
      client.close();
      assertThat(other.awaitEvents("left", 1))
          .containsExactly(List.of(id, "client namespace disconnect"));
    }
  }

  @Test
  void roomsAndNamespacesReachWhomTheyName() throws Exception {
    try (ExampleServers servers =
        ExampleServers.of(
            server -> {
              Rooms.rooms(server.root());
              Rooms.namespaces(server);
              Rooms.games(server);
            })) {
      JavaClient writer = servers.connect(0, "/", NO_AUTH);
      JavaClient reader = servers.connect(1, "/", NO_AUTH);
      JavaClient stranger = servers.connect(1, "/", NO_AUTH);
      writer.emit("follow", "java");
      reader.emit("follow", "java");
      await()
          .until(
              () ->
                  servers
                      .server(0)
                      .to("topic:java")
                      .count()
                      .toCompletableFuture()
                      .join()
                      .answers()
                      .values()
                      .stream()
                      .allMatch(count -> count == 1));

      writer.emit("publish", "Loom");
      reader.awaitEvents("article", 1);
      writer.awaitEvents("headline", 1);
      stranger.awaitEvents("hint", 1);
      assertThat(writer.events("article")).isEmpty();
      assertThat(stranger.events("headline")).isEmpty();

      Rooms.close(servers.server(0).root());
      await()
          .until(
              () ->
                  servers.server(1).root().sockets().stream()
                      .noneMatch(socket -> socket.rooms().contains("topic:java")));
      assertThat(servers.connect(0, "/news", NO_AUTH).call("hello")).containsExactly("the news");
      assertThat(servers.connect(0, "/chat", NO_AUTH).call("hello")).containsExactly("the chat");
      JavaClient player = servers.connect(0, "/game-7", NO_AUTH);
      servers.connect(1, "/game-7", NO_AUTH).emit("roll");
      assertThat(player.awaitEvents("rolled", 1)).containsExactly(List.of(4));
    }
  }

  @Test
  void aServiceEmitsFromAnyThread() throws Exception {
    Map<String, String> cache = new ConcurrentHashMap<>(Map.of("a", "1"));
    try (ExampleServers servers =
        ExampleServers.of(
            server -> {
              server.root().onConnect(socket -> socket.join("traders"));
              Emitting.servers(server.of("/admin"), server.hostId(), cache);
            })) {
      SocketIoServer here = servers.server(0);
      Emitting service = new Emitting(here);
      JavaClient ann = servers.connect(0, "/", NO_AUTH);
      JavaClient bob = servers.connect(1, "/", NO_AUTH);
      ann.on("sell?", arguments -> acknowledge(arguments, true));
      bob.on("sell?", arguments -> acknowledge(arguments, false));

      service.price("ACME", 4.2);
      assertThat(bob.awaitEvents("tick", 1)).containsExactly(List.of("ACME", 4.2));
      assertThat(service.vote().toCompletableFuture().get(15, TimeUnit.SECONDS)).isEqualTo(1L);
      assertThat(
              here.of("/admin")
                  .serverEmitWithReply(Duration.ofSeconds(5), "forget", "a")
                  .toCompletableFuture()
                  .get(15, TimeUnit.SECONDS)
                  .answers())
          .containsOnlyKeys(servers.server(1).hostId());
      assertThat(cache).isEmpty();

      service.close().toCompletableFuture().get(15, TimeUnit.SECONDS);
      bob.awaitEvents("closed", 1);
      bob.awaitEvents("disconnect", 1);
    }
  }

  @Test
  void threeStrikesEndASocket() throws Exception {
    try (ExampleServers servers = ExampleServers.of(server -> Sessions.remember(server.root()))) {
      JavaClient client = servers.connect(0, "/", Map.of("name", "ann"));

      assertThat(client.call("strike")).containsExactly(1);
      assertThat(client.call("strike")).containsExactly(2);
      client.emit("strike");
      client.awaitEvents("disconnect", 1);
    }
  }

  @Test
  void workInTheBackgroundReachesClients() {
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try (ExampleServers servers =
        ExampleServers.of(server -> server.root().onConnect(socket -> socket.join("replay")))) {
      JavaClient client = servers.connect(1, "/", NO_AUTH);
      var clock = Background.clock(servers.server(0), timer, Duration.ofMillis(20));
      client.awaitEvents("time", 3);
      clock.cancel(false);

      Background.replay(servers.server(0), 1_000);
      assertThat(client.awaitEvents("step", 1_000))
          .extracting(arguments -> arguments.get(0))
          .isEqualTo(IntStream.range(0, 1_000).boxed().toList());
    } finally {
      timer.shutdownNow();
    }
  }

  @Test
  void settingsOfHowAServerIsReachedAreTaken() throws UnknownHostException {
    CorsPolicy origins = Reaching.origins().build().transport().cors();
    Predicate<InetAddress> proxies = Reaching.proxies().build().transport().trustedProxies();
    Path file = Path.of("server.pem");

    assertThat(origins.allows("https://app.example.com", "https://own")).isTrue();
    assertThat(origins.allows("https://evil.example", "https://own")).isFalse();
    assertThat(proxies.test(InetAddress.getByAddress(new byte[] {10, 1, 2, 3}))).isTrue();
    assertThat(Reaching.tls(file, file).build().transport().tls().orElseThrow().files())
        .containsExactly(file, file);
  }

  @Test
  void filesAndOtherRequestsAreServedAndHealthIsOnAPortOfItsOwn(@TempDir Path directory)
      throws Exception {
    Path logo = Files.writeString(directory.resolve("logo.xml"), "<svg/>");
    Files.writeString(directory.resolve("index.html"), "<p>hello");
    try (SocketIoServer server =
        SocketIoServer.create(Http.files(directory, logo).port(0).build())) {
      Http.requests(server);
      server.start();

      assertThat(get(server.port(), "/").body()).isEqualTo("<p>hello");
      assertThat(get(server.port(), "/logo").headers().firstValue("Content-Type"))
          .hasValue("image/svg+xml");
      assertThat(get(server.port(), "/online").body()).isEqualTo("0 online");
      assertThat(get(server.port(), "/nothing").statusCode()).isEqualTo(404);
    }
    int management = Ports.free();
    try (SocketIoServer server =
        SocketIoServer.create(Http.management(management).port(0).build())) {
      server.start();
      assertThat(get(management, "/readyz").statusCode()).isEqualTo(200);
    }
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void configurationIsTheSameInCodeAndInProperties() {
    Properties properties = new Properties();
    properties.setProperty("starling.ping-interval", "10s");
    properties.setProperty("starling.max-payload-bytes", "5");

    SocketIoServerConfig read =
        Configuring.fromProperties(properties, Map.of("STARLING_MAX_PAYLOAD_BYTES", "100000"));

    assertThat(read.engine().pingInterval())
        .isEqualTo(Configuring.inCode().engine().pingInterval());
    assertThat(read.engine().maxPayloadBytes())
        .isEqualTo(Configuring.inCode().engine().maxPayloadBytes());
  }

  private static void acknowledge(Object[] arguments, Object answer) {
    ((Ack) arguments[arguments.length - 1]).call(answer);
  }
}
