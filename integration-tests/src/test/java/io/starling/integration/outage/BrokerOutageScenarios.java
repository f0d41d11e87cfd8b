package io.starling.integration.outage;

import static io.starling.integration.contract.Payloads.json;
import static io.starling.integration.contract.TestHost.NAMESPACE;
import static io.starling.integration.contract.TestHost.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.starling.integration.broker.KillableBroker;
import io.starling.integration.contract.FakeSocket;
import io.starling.integration.contract.TestHost;
import io.starling.integration.process.TcpProxy;
import io.starling.manager.Accepted;
import io.starling.manager.BackendState;
import io.starling.manager.ClientManagerFactory;
import io.starling.manager.HostId;
import io.starling.manager.HostResponses;
import io.starling.manager.ManagerListener;
import io.starling.manager.Operation;
import io.starling.manager.Question;
import io.starling.manager.Recipients;
import io.starling.manager.Scope;
import io.starling.manager.pubsub.PubSubPublisher;
import io.starling.manager.pubsub.ReplyInbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

/** What must hold on every broker, whatever happens to it. */
abstract class BrokerOutageScenarios {
  private static final int RECONNECTS = 20;

  /** A broker of this test's own. */
  abstract KillableBroker startBroker();

  /** A broker that is reached through a proxy; opens it. */
  abstract Proxied startBehindProxy();

  /** Everything that two hosts must have on the broker, and no more, whatever happened before. */
  abstract void assertOnlyTwoHostsOn(KillableBroker broker);

  /** Nothing of any host is on the broker. */
  abstract void assertNothingLeftOn(KillableBroker broker);

  /** A broker, the proxy before it, and the URL through it. */
  record Proxied(KillableBroker broker, TcpProxy proxy, String url) implements AutoCloseable {
    @Override
    public void close() {
      proxy.close();
      broker.close();
    }
  }

  @Test
  void P9_whatIsAcceptedAroundAKillArrivesOnceAndInOrderAndLocalClientsNeverWait() {
    Set<Thread> before = threads();
    try (KillableBroker broker = startBroker()) {
      killAndRestart(broker);
      assertNothingLeftOn(broker);
    }
    patiently().untilAsserted(() -> assertThat(threads()).isSubsetOf(before));
  }

  private void killAndRestart(KillableBroker broker) {
    try (TestHost a = TestHost.start(ClientManagerFactory.create(broker.url()));
        TestHost b = TestHost.start(ClientManagerFactory.create(broker.url()));
        PubSubPublisher emitter =
            PubSubPublisher.create(broker.url(), ManagerListener.NONE, TestHost.callbacks());
        PubSubPublisher other =
            PubSubPublisher.create(broker.url(), ManagerListener.NONE, TestHost.callbacks())) {
      await(emitter.start());
      ReplyInbox asking = other.withReplies();
      await(other.start());
      FakeSocket onA = a.connect("on-a", "of-a");
      FakeSocket onB = b.connect("on-b", "of-a");
      FakeSocket ofEmitter = b.connect("of-emitter", "of-emitter");
      patiently().until(() -> knowEachOther(a, b));
      assertThat(socketsByHost(asking)).containsOnly(entry(id(a), 1), entry(id(b), 2));
      try (Traffic traffic = new Traffic(a.manager(), "of-a");
          Traffic external = new Traffic(emitter, "of-emitter")) {
        patiently().until(() -> onB.count() > 100 && ofEmitter.count() > 100);

        broker.kill();
        patiently().until(() -> isAll(BackendState.DOWN, a, b));
        int before = onA.count();
        patiently().until(() -> onA.count() > before + 100);
        int remoteBefore = onB.count();
        broker.restart();
        patiently().until(() -> isAll(BackendState.UP, a, b));
        patiently().until(() -> onB.count() > remoteBefore + 100);
        patiently().until(() -> socketsByHost(asking).equals(Map.of(id(a), 1, id(b), 2)));

        int sent = traffic.stop();
        int sentExternally = external.stop();
        patiently().until(() -> onB.count() >= sent);
        assertThat(onB.received()).containsExactlyElementsOf(numbers(sent));
        assertThat(onA.received()).containsExactlyElementsOf(numbers(sent));
        patiently().until(() -> ofEmitter.received().contains("[" + (sentExternally - 1) + "]"));
        assertThat(ofEmitter.received())
            .as("an emitter cannot repeat, but nothing comes twice or out of order")
            .isSubsetOf(numbers(sentExternally))
            .doesNotHaveDuplicates()
            .isSortedAccordingTo((x, y) -> Integer.compare(number(x), number(y)));
      }
      assertThat(b.listener().events()).contains("state DOWN");
    }
  }

  /** What an emitter with replies learns; empty where it may not have reached every host. */
  private static Map<HostId, Integer> socketsByHost(ReplyInbox asking) {
    HostResponses<Integer> counted =
        await(
            asking.ask(
                NAMESPACE,
                new Question.Count(Recipients.ALL),
                Scope.CLUSTER,
                Duration.ofSeconds(3)));
    return counted.complete() ? counted.answers() : Map.of();
  }

  private static HostId id(TestHost host) {
    return host.manager().hostId();
  }

  @Test
  void twentyReconnectsLeaveNothingBehindAndLoseNothing() {
    try (Proxied behind = startBehindProxy();
        TestHost a = TestHost.start(ClientManagerFactory.create(behind.url()));
        TestHost b = TestHost.start(ClientManagerFactory.create(behind.url()))) {
      FakeSocket onB = b.connect("on-b", "r");
      patiently().until(() -> knowEachOther(a, b));
      Set<Thread> threads = threads();
      try (Traffic traffic = new Traffic(a.manager(), "r")) {
        for (int i = 0; i < RECONNECTS; i++) {
          int before = onB.count();
          behind.proxy().cut();
          patiently().until(() -> onB.count() > before + 20 && isAll(BackendState.UP, a, b));
        }
        int sent = traffic.stop();
        patiently().until(() -> onB.count() >= sent);
        assertThat(onB.received()).containsExactlyElementsOf(numbers(sent));
      }
      patiently().until(() -> isAll(BackendState.UP, a, b));
      patiently()
          .untilAsserted(
              () ->
                  assertThat(threads())
                      .as("pools may have filled up; a leak is a thread for each reconnect")
                      .hasSizeLessThan(threads.size() + RECONNECTS / 2));
      patiently().untilAsserted(() -> assertOnlyTwoHostsOn(behind.broker()));
    }
  }

  static ConditionFactory patiently() {
    return Awaitility.await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(50));
  }

  static boolean isAll(BackendState state, TestHost... hosts) {
    return List.of(hosts).stream().allMatch(host -> host.manager().state() == state);
  }

  /** From then on a host is owed all that the others accept. */
  static boolean knowEachOther(TestHost... hosts) {
    return List.of(hosts).stream().allMatch(host -> host.manager().hosts().size() == hosts.length);
  }

  static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(i -> "[" + i + "]").toList();
  }

  static int number(String json) {
    return Integer.parseInt(json.substring(1, json.length() - 1));
  }

  /** The library's threads. */
  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(
            thread ->
                thread.getName().startsWith("starling-")
                    || thread.getName().contains("| starling-"))
        .collect(Collectors.toSet());
  }

  /** Emits 0, 1, 2 … to a room, one every 2 ms. */
  static final class Traffic implements AutoCloseable {
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final List<CompletionStage<Accepted>> stages = new ArrayList<>();

    Traffic(Operation.Performer operations, String room) {
      Recipients recipients = Recipients.room(room);
      ScheduledFuture<?> unused =
          clock.scheduleAtFixedRate(
              () ->
                  stages.add(
                      operations.perform(
                          NAMESPACE,
                          new Operation.Emit(recipients, json("[" + stages.size() + "]")),
                          Scope.CLUSTER)),
              0,
              2,
              TimeUnit.MILLISECONDS);
    }

    /** Ends it; every operation must have been accepted. Gives their number. */
    int stop() {
      close();
      stages.forEach(TestHost::await);
      return stages.size();
    }

    @Override
    public void close() {
      clock.shutdown();
      try {
        assertThat(clock.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
