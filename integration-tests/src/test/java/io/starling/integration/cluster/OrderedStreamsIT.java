package io.starling.integration.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starling.integration.client.JavaClient;
import io.starling.integration.client.JavaClient.Transport;
import io.starling.integration.client.NumberedStreams;
import io.starling.integration.process.ChildProcess;
import io.starling.integration.process.ServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many messages and many clients at once; nothing may be missing, come twice or out of order. */
final class OrderedStreamsIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int CLIENTS = 200;

  @RegisterExtension static final TestCluster cluster = new TestCluster();

  private final List<JavaClient> clients = new ArrayList<>();
  private final List<NumberedStreams> streams = new ArrayList<>();

  @Test
  void threeStreamsArriveCompleteAndInOrderOnBothHostsOverEveryTransport() {
    int length = 1_000;
    openOneOfEachKind(Map.of("a", length, "b", length, "emitter", length));
    clients.forEach(JavaClient::awaitConnected);
    try (ChildProcess emitter = cluster.streamEmitter(length)) {
      await().atMost(TIMEOUT).until(() -> streams.get(0).total() > 0);
      produce(length);
      assertStreams();
      emitter.awaitSuccess(TIMEOUT);
    }
  }

  @Test
  void twoHundredClientsOfTwoHostsAllHearEverything() {
    int length = 20;
    while (clients.size() < CLIENTS) {
      openOneOfEachKind(Map.of("a", length, "b", length));
    }
    clients.forEach(JavaClient::awaitConnected);
    List<CompletableFuture<List<Object>>> echoes =
        clients.stream().map(client -> client.ask("echo", client.id())).toList();
    for (int i = 0; i < clients.size(); i++) {
      assertThat(echoes.get(i).orTimeout(TIMEOUT.toSeconds(), TimeUnit.SECONDS).join())
          .containsExactly(clients.get(i).id());
    }
    produce(length);
    assertStreams();
  }

  private void openOneOfEachKind(Map<String, Integer> expected) {
    for (ServerProcess server : List.of(cluster.a(), cluster.b())) {
      for (Transport transport : Transport.values()) {
        JavaClient client = cluster.open(server, transport);
        String name = "client %d of %s".formatted(clients.size(), server.process().name());
        NumberedStreams heard = new NumberedStreams(name + ", " + transport, expected);
        client.on("stream", event -> heard.heard((String) event[0], (Integer) event[1]));
        clients.add(client);
        streams.add(heard);
      }
    }
  }

  /** The first client is one of server a, the last one of server b. */
  private void produce(int length) {
    clients.get(0).emit("produce", "a", length);
    clients.get(clients.size() - 1).emit("produce", "b", length);
  }

  /** Waits for everything that is expected, and for what follows it. */
  private void assertStreams() {
    try {
      await()
          .atMost(TIMEOUT)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> streams.stream().allMatch(NumberedStreams::enough));
      clients.get(0).call("broadcast", "mark");
      clients.forEach(client -> client.awaitEvents("news", 1));
    } catch (ConditionTimeoutException incomplete) {
      System.out.println("incomplete: " + incomplete.getMessage());
    }
    assertThat(streams.stream().flatMap(each -> each.faults().stream())).isEmpty();
  }
}
