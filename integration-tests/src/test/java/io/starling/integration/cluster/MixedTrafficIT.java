package io.starling.integration.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starling.integration.broker.TestBroker;
import io.starling.integration.client.NumberedStreams;
import io.starling.integration.client.ThinClient;
import io.starling.manager.AckResponses;
import io.starling.manager.HostId;
import io.starling.manager.HostResponses;
import io.starling.protocol.payload.Arguments;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments.ArgumentSet;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One application on two hosts with a thousand clients, on each broker in turn; only the URL
 * changes. Nothing may be missing, come twice or out of order. {@code
 * -Dstarling.traffic.seconds=60} is the long run (docs/reports/mixed-traffic.md).
 */
final class MixedTrafficIT {
  private static final int CLIENTS = 1_000;
  private static final int ROOMS = 100;
  private static final int SECONDS = Integer.getInteger("starling.traffic.seconds", 5);

  static Stream<ArgumentSet> brokers() {
    return Stream.of(
        argumentSet("redis", TestBroker::redis),
        argumentSet("amqp", TestBroker::amqp),
        argumentSet("kafka", TestBroker::kafka));
  }

  private static ArgumentSet argumentSet(String name, Supplier<TestBroker> broker) {
    return org.junit.jupiter.params.provider.Arguments.argumentSet(name, broker);
  }

  @ParameterizedTest
  @MethodSource("brokers")
  void theSameApplicationBehavesTheSameOnEveryBroker(Supplier<TestBroker> kind) {
    try (TestBroker broker = kind.get()) {
      String url = broker.url(HostId.random().value());
      try (SocketIoServer a = server(url);
          SocketIoServer b = server(url)) {
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> a.hosts().size() == 2 && b.hosts().size() == 2);
        run(url, a, b);
      }
    }
  }

  private static SocketIoServer server(String url) {
    SocketIoServer server =
        SocketIoServer.create(SocketIoServerConfig.builder().port(0).manager(url).build());
    server
        .root()
        .onServerEvent(
            "how-many", (arguments, reply) -> reply.send(server.root().sockets().size()));
    server.start();
    return server;
  }

  private static void run(String url, SocketIoServer a, SocketIoServer b) {
    List<Client> clients = new ArrayList<>();
    try {
      HttpClient http = HttpClient.newHttpClient();
      List<SocketIoServer> hosts = List.of(a, b);
      for (int i = 0; i < CLIENTS; i++) {
        NumberedStreams streams = new NumberedStreams("client " + i, Map.of());
        clients.add(
            new Client(i, ThinClient.connect(http, hosts.get(i % 2).port(), streams), streams));
        if (i % 50 == 49) {
          clients.forEach(client -> client.thin().id());
        }
      }
      // Each is put into its room by the host that does not have it.
      for (Client client : clients) {
        join(
            hosts
                .get((client.number() + 1) % 2)
                .broadcast()
                .to(client.thin().id())
                .socketsJoin(client.room()));
      }
      Traffic onA = new Traffic("a", a, clients);
      Traffic onB = new Traffic("b", b, clients);
      sleepUntilOver(onA, onB);
      Map<String, Integer> sent = new HashMap<>(onA.sent);
      sent.putAll(onB.sent);
      assertEverythingArrived(clients, sent);
      assertQueriesAgree(a, b);
      System.out.printf(
          "mixed traffic, %s, %d s: %d clients, %d operations, %d deliveries, acks of %d broadcasts%n",
          url.substring(0, url.indexOf(':')),
          SECONDS,
          CLIENTS,
          sent.values().stream().mapToInt(Integer::intValue).sum(),
          clients.stream().mapToLong(client -> client.streams().total()).sum(),
          onA.asked.size() + onB.asked.size());
    } finally {
      clients.forEach(client -> client.thin().close());
    }
  }

  private static void sleepUntilOver(Traffic... traffic) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    await()
        .atMost(Duration.ofSeconds(SECONDS + 5L))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> System.nanoTime() - end > 0);
    for (Traffic each : traffic) {
      each.stop();
    }
  }

  private static void assertEverythingArrived(List<Client> clients, Map<String, Integer> sent) {
    List<NumberedStreams> checked = new ArrayList<>();
    for (Client client : clients) {
      Map<String, Integer> expected = new HashMap<>();
      sent.forEach(
          (stream, count) -> {
            if (client.hears(stream)) {
              expected.put(stream, count);
            }
          });
      client.streams().expect(expected);
      checked.add(client.streams());
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> checked.stream().allMatch(NumberedStreams::enough));
    assertThat(checked.stream().flatMap(each -> each.faults().stream())).isEmpty();
  }

  private static void assertQueriesAgree(SocketIoServer a, SocketIoServer b) {
    HostResponses<Integer> counted = join(a.broadcast().count());
    assertThat(counted.missing()).isEmpty();
    assertThat(counted.answers())
        .isEqualTo(Map.of(a.hostId(), CLIENTS / 2, b.hostId(), CLIENTS / 2));
    HostResponses<Arguments> replies =
        join(b.root().serverEmitWithReply(Duration.ofSeconds(10), "how-many"));
    assertThat(replies.map(reply -> reply.node(0).asInt()).answers())
        .isEqualTo(Map.of(a.hostId(), CLIENTS / 2));
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  /** One of the thousand. */
  private record Client(int number, ThinClient thin, NumberedStreams streams) {
    String room() {
      return "room-" + number % ROOMS;
    }

    boolean hears(String stream) {
      String name = stream.substring(2);
      return name.equals("all") || name.equals(room()) || name.equals("client-" + number);
    }
  }

  /** What one host emits: to all, to rooms, to single sockets, and broadcasts that want acks. */
  private static final class Traffic {
    private final String origin;
    private final SocketIoServer host;
    private final List<Client> clients;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, Integer> sent = new HashMap<>();
    private final List<CompletionStage<AckResponses<Arguments>>> asked = new ArrayList<>();
    private int turn;

    Traffic(String origin, SocketIoServer host, List<Client> clients) {
      this.origin = origin;
      this.host = host;
      this.clients = clients;
      ScheduledFuture<?> unused =
          clock.scheduleAtFixedRate(this::turn, 0, 10, TimeUnit.MILLISECONDS);
    }

    private void turn() {
      turn++;
      String room = "room-" + turn % ROOMS;
      host.broadcast().to(room).emit("s", origin + "-" + room, next(room));
      Client client = clients.get(turn * 7 % CLIENTS);
      String name = "client-" + client.number();
      host.broadcast().to(client.thin().id()).emit("s", origin + "-" + name, next(name));
      if (turn % 20 == 0) {
        host.broadcast().emit("s", origin + "-all", next("all"));
      }
      if (turn % 50 == 0) {
        asked.add(host.broadcast().to(room).emitWithAck("s", origin + "-" + room, next(room)));
      }
    }

    private int next(String stream) {
      return sent.merge(origin + "-" + stream, 1, Integer::sum) - 1;
    }

    void stop() {
      clock.shutdown();
      try {
        assertThat(clock.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      for (CompletionStage<AckResponses<Arguments>> each : asked) {
        AckResponses<Arguments> responses = join(each);
        assertThat(responses.missing()).isEmpty();
        assertThat(responses.answers()).hasSize(CLIENTS / ROOMS);
      }
    }
  }
}
