package io.starling.integration.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starling.integration.broker.TestBroker;
import io.starling.integration.client.NumberedStreams;
import io.starling.integration.client.ThinClient;
import io.starling.manager.BusCount;
import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.HostResponses;
import io.starling.manager.ManagerStatistics;
import io.starling.manager.MissingHost;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.RemoteSocket;
import io.starling.manager.SocketId;
import io.starling.protocol.payload.Arguments;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an application asks the cluster, on two servers with real clients. */
final class ClusterQueriesIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final TestBroker broker = TestBroker.redis();
  private final String url = broker.url(HostId.random().value());
  private final SocketIoServer a = server();
  private final SocketIoServer b = server();
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<ThinClient> clients = new ArrayList<>();

  private SocketIoServer server() {
    SocketIoServer server =
        SocketIoServer.create(SocketIoServerConfig.builder().port(0).manager(url).build());
    server
        .root()
        .onConnect(
            socket -> {
              socket.data("host", server.hostId().value());
              socket.join("everybody");
            });
    return server;
  }

  @BeforeEach
  void start() {
    a.start();
    b.start();
    await().until(() -> a.hosts().size() == 2 && b.hosts().size() == 2);
  }

  @AfterEach
  void close() {
    clients.forEach(ThinClient::close);
    a.close();
    b.close();
    broker.close();
  }

  private SocketId connect(SocketIoServer server) {
    NumberedStreams streams = new NumberedStreams("client", Map.of());
    ThinClient client = ThinClient.connect(http, server.port(), streams);
    clients.add(client);
    return new SocketId(client.id());
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Test
  void socketsOfBothHostsAreFetchedWithRoomsAndDataFoundAndCounted() {
    SocketId onA = connect(a);
    SocketId onB = connect(b);

    HostResponses<List<RemoteSocket<Arguments>>> found =
        join(a.broadcast().to("everybody").fetchSockets());

    assertThat(found.complete()).isTrue();
    for (SocketIoServer server : List.of(a, b)) {
      SocketId id = server == a ? onA : onB;
      assertThat(found.answers().getOrDefault(server.hostId(), List.of()))
          .singleElement()
          .satisfies(
              socket -> {
                assertThat(socket.id()).isEqualTo(id);
                assertThat(socket.rooms()).isEqualTo(Set.of(id.value(), "everybody"));
                assertThat(socket.map(data -> data.node(0).path("host").asString()).data())
                    .isEqualTo(server.hostId().value());
              });
    }
    assertThat(join(a.root().find(onB))).contains(b.hostId());
    assertThat(join(a.root().find(new SocketId("nobody")))).isEmpty();
    assertThat(join(b.broadcast().to("everybody").count()).answers())
        .isEqualTo(Map.of(a.hostId(), 1, b.hostId(), 1));
    assertThat(join(b.broadcast().local().to("everybody").count()).answers())
        .isEqualTo(Map.of(b.hostId(), 1));
  }

  @Test
  void aServerEventIsAnsweredByItsHandler() {
    b.root()
        .onServerEvent("load", (arguments, reply) -> reply.send(arguments.get(0, String.class), 7));

    HostResponses<Arguments> replies = join(a.root().serverEmitWithReply(TIMEOUT, "load", "cpu"));

    assertThat(replies.missing()).isEmpty();
    assertThat(replies.map(Object::toString).answers()).containsOnlyKeys(b.hostId());
    assertThat(replies.map(reply -> reply.node(0).asString() + reply.node(1).asInt()).answers())
        .isEqualTo(Map.of(b.hostId(), "cpu7"));
  }

  @Test
  void aHostWithoutAHandlerAndOneWhoseHandlerThrowsSaySoAtOnce() {
    b.root()
        .onServerEvent(
            "broken",
            (arguments, reply) -> {
              throw new IllegalStateException("on purpose");
            });

    assertThat(join(a.root().serverEmitWithReply(Duration.ofMinutes(1), "unknown")).missing())
        .isEqualTo(Map.of(b.hostId(), new MissingHost(Reason.NO_HANDLER, 0, 0)));
    assertThat(join(a.root().serverEmitWithReply(Duration.ofMinutes(1), "broken")).missing())
        .isEqualTo(Map.of(b.hostId(), new MissingHost(Reason.FAILED, 0, 0)));
    assertThat(join(a.of("/undeclared").serverEmitWithReply(Duration.ofMinutes(1), "x")).missing())
        .isEqualTo(Map.of(b.hostId(), new MissingHost(Reason.NO_HANDLER, 0, 0)));
  }

  @Test
  void hostsAndStatisticsAreTold() {
    connect(b);
    join(a.broadcast().emit("hello"));

    assertThat(a.hosts())
        .extracting(HostInfo::id)
        .containsExactlyInAnyOrder(a.hostId(), b.hostId());
    await().until(() -> b.managerStatistics().get(BusCount.RECEIVED) > 0);
    ManagerStatistics statistics = a.managerStatistics();
    assertThat(statistics.get(BusCount.PUBLISHED)).isPositive();
    assertThat(statistics.get(BusCount.PUBLISH_NANOS)).isPositive();
    assertThat(statistics.hosts()).isEqualTo(2);
    assertThat(statistics.get(BusCount.MISSING)).isZero();
  }
}
