package io.starling.integration.cluster;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socket.client.Ack;
import io.starling.emitter.Emitter;
import io.starling.integration.OptionalTool;
import io.starling.integration.broker.TestBroker;
import io.starling.integration.client.JavaClient;
import io.starling.integration.client.JavaClient.Transport;
import io.starling.integration.client.NumberedStreams;
import io.starling.integration.process.ChildProcess;
import io.starling.integration.process.Executables;
import io.starling.integration.process.ServerProcess;
import io.starling.integration.process.TcpProxy;
import io.starling.manager.HostId;
import io.starling.manager.HostResponses;
import io.starling.manager.SocketId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One host of this build and one of an older release on the same broker, as during a rolling
 * upgrade. {@code STARLING_TEST_OLD_RELEASE} names the folder where the older release was built;
 * {@code .ci/run} builds the first version there.
 */
final class MixedReleasesIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final List<AutoCloseable> resources = new ArrayList<>();
  private String managerUrl = "";
  private Path oldRelease = Path.of("");

  @BeforeEach
  void open() {
    oldRelease = OptionalTool.requireFolder("STARLING_TEST_OLD_RELEASE", "an older release, built");
    managerUrl = kept(TestBroker.redis()).url("test-" + UUID.randomUUID());
  }

  @AfterEach
  void close() throws Exception {
    for (int i = resources.size() - 1; i >= 0; i--) {
      resources.get(i).close();
    }
  }

  private <T extends AutoCloseable> T kept(T resource) {
    resources.add(resource);
    return resource;
  }

  private ServerProcess startNew(String url) {
    return kept(ServerProcess.start("new server", 0, url));
  }

  private ServerProcess startOld(String url) {
    return kept(ServerProcess.startOf(oldRelease, "old server", url));
  }

  private JavaClient connect(ServerProcess server) {
    JavaClient client = JavaClient.connect(server.url(), Transport.WEBSOCKET);
    resources.add(client);
    return client;
  }

  @Test
  void roomsAcksAndDisconnectsWorkBothWays() {
    ServerProcess old = startOld(managerUrl);
    List<ServerProcess> hosts = List.of(old, startNew(managerUrl));
    for (ServerProcess here : hosts) {
      ServerProcess there = hosts.get(here == old ? 1 : 0);
      JavaClient local = connect(here);
      JavaClient remote = connect(there);
      remote.on("question", event -> ((Ack) event[event.length - 1]).call(event[0] + "!"));

      assertThat(local.call("ask", remote.id(), "seen")).containsExactly("seen!");
      local.call("remote-join", remote.id(), "room");
      local.call("to", "room", "inside");
      local.call("remote-leave", remote.id(), "room");
      local.call("to", "room", "after");
      local.call("remote-disconnect", remote.id());
      assertThat(remote.awaitEvents("disconnect", 1))
          .containsExactly(List.of("io server disconnect"));
      assertThat(remote.events("news")).containsExactly(List.of("inside"));
    }
  }

  @Test
  void streamsOfBothHostsAndOfBothEmittersArriveOnceAndInOrder() {
    List<ServerProcess> hosts = List.of(startOld(managerUrl), startNew(managerUrl));
    List<JavaClient> clients = hosts.stream().map(this::connect).toList();
    List<NumberedStreams> heard = new ArrayList<>();
    for (JavaClient client : clients) {
      heard.add(listen(client, Map.of("old 1", 500, "new 1", 500, "old", 500, "new", 500)));
    }

    ChildProcess newEmitter =
        kept(Executables.emitter("new emitter", List.of("--manager", managerUrl, "batch")));
    ChildProcess oldEmitter =
        kept(
            Executables.jar(
                "old emitter",
                oldRelease.resolve("emitter/target/emitter.jar"),
                List.of("--manager", managerUrl, "emit", "--stdin", "stream")));
    newEmitter.input(numbered("{\"event\":\"stream\",\"args\":[\"new\",%d]}"));
    oldEmitter.input(numbered("[\"old\",%d]"));
    produce(clients, "1", 500);

    newEmitter.awaitSuccess(TIMEOUT);
    oldEmitter.awaitSuccess(TIMEOUT);
    assertComplete(heard);
  }

  @Test
  void whatIsLostWithAConnectionIsRepairedBetweenTheReleases() {
    int broker = URI.create(managerUrl).getPort();
    TcpProxy proxyOfOld = kept(TcpProxy.open(broker));
    TcpProxy proxyOfNew = kept(TcpProxy.open(broker));
    ServerProcess old = startOld(through(proxyOfOld));
    List<ServerProcess> hosts = List.of(old, startNew(through(proxyOfNew)));
    List<JavaClient> clients = hosts.stream().map(this::connect).toList();
    List<NumberedStreams> heard = new ArrayList<>();
    for (JavaClient client : clients) {
      heard.add(
          listen(client, Map.of("old 1", 1_000, "new 1", 1_000, "old 2", 1_000, "new 2", 1_000)));
    }
    awaitEachOther(clients);

    produce(clients, "1", 1_000);
    proxyOfOld.cut();
    produce(clients, "2", 1_000);
    proxyOfNew.cut();

    assertComplete(heard);
  }

  @Test
  void eachNoticesWhenTheOtherLeaves() {
    ServerProcess old = startOld(managerUrl);
    ServerProcess current = startNew(managerUrl);
    JavaClient onNew = connect(current);
    awaitEachOther(List.of(connect(old), onNew));

    old.process().terminate();
    old.process().awaitExit(TIMEOUT);
    ServerProcess oldAgain = startOld(managerUrl);
    JavaClient onOld = connect(oldAgain);
    awaitEachOther(List.of(onOld, onNew));
    current.process().terminate();
    current.process().awaitExit(TIMEOUT);

    onOld.call("broadcast", "alone");
    assertThat(onOld.awaitEvents("news", 1)).contains(List.of("alone"));
  }

  @Test
  void anEmitterAsksHostsOfBothReleases() throws InterruptedException {
    List<ServerProcess> hosts = List.of(startOld(managerUrl), startNew(managerUrl));
    List<JavaClient> clients = hosts.stream().map(this::connect).toList();
    awaitEachOther(clients);
    for (JavaClient client : clients) {
      client.on("question", event -> ((Ack) event[event.length - 1]).call(event[0] + "!"));
    }
    try (Emitter emitter = Emitter.builder(managerUrl).withReplies().create()) {
      HostResponses<Integer> counted =
          emitter.broadcast().count().toCompletableFuture().orTimeout(20, SECONDS).join();
      assertThat(counted.missing()).isEmpty();
      assertThat(counted.answers().values()).containsExactly(1, 1);
      for (JavaClient client : clients) {
        assertThat(emitter.call(new SocketId(client.id()), TIMEOUT, "question", "seen").get(0))
            .isEqualTo("seen!");
      }
      assertThat(emitter.hosts(TIMEOUT).toCompletableFuture().join().answers().values())
          .as("a host of the old release does not describe itself")
          .filteredOn(host -> host.release().isEmpty())
          .hasSize(1);
    }
  }

  @Test
  void anEmitterThatHearsHostsOfTheOldReleaseAloneSaysThatThereMayBeOthers() {
    connect(startOld(managerUrl));
    try (Emitter emitter = Emitter.builder(managerUrl).withReplies().create()) {
      HostResponses<Integer> counted =
          emitter
              .broadcast()
              .timeout(Duration.ofSeconds(3))
              .count()
              .toCompletableFuture()
              .orTimeout(20, SECONDS)
              .join();

      assertThat(counted.answers().values()).containsExactly(1);
      assertThat(counted.missing()).containsOnlyKeys(HostId.UNKNOWN);
    }
  }

  /** Each host emits a numbered stream; the first client is one of the old host. */
  private static void produce(List<JavaClient> clients, String round, int length) {
    clients.get(0).emit("produce", "old " + round, length);
    clients.get(1).emit("produce", "new " + round, length);
  }

  private String through(TcpProxy proxy) {
    return managerUrl.replaceFirst(":" + URI.create(managerUrl).getPort(), ":" + proxy.port());
  }

  /** Waits until an emit of each host reaches the client of the other one. */
  private static void awaitEachOther(List<JavaClient> clients) {
    for (JavaClient from : clients) {
      for (JavaClient to : clients) {
        await()
            .atMost(TIMEOUT)
            .until(
                () -> {
                  from.call("to", to.id(), "are you there?");
                  return !to.events("news").isEmpty();
                });
      }
    }
    clients.forEach(client -> client.events("news").clear());
  }

  private static NumberedStreams listen(JavaClient client, Map<String, Integer> expected) {
    NumberedStreams streams = new NumberedStreams("client " + client.id(), expected);
    client.on("stream", event -> streams.heard((String) event[0], (Integer) event[1]));
    return streams;
  }

  private static void assertComplete(List<NumberedStreams> heard) {
    await().atMost(TIMEOUT).until(() -> heard.stream().allMatch(NumberedStreams::enough));
    assertThat(heard.stream().flatMap(each -> each.faults().stream())).isEmpty();
  }

  private static List<String> numbered(String line) {
    return IntStream.range(0, 500).mapToObj(line::formatted).toList();
  }
}
