package io.starling.integration.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.integration.broker.EmbeddedRedis;
import io.starling.integration.broker.RedisCluster;
import io.starling.integration.contract.FakeSocket;
import io.starling.integration.contract.TestHost;
import io.starling.integration.outage.BrokerOutageScenarios.Traffic;
import io.starling.integration.process.ChildProcess;
import io.starling.manager.BackendState;
import io.starling.manager.ClientManagerFactory;
import io.starling.manager.HostId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Redis Cluster whose slots move, and whose nodes hang. */
@Timeout(120)
final class RedisClusterIT {
  private static RedisCluster redis;

  @BeforeAll
  static void open() {
    redis = RedisCluster.start();
  }

  @AfterAll
  static void close() {
    redis.close();
  }

  /** Two hosts, of which one sends numbers to a client of the other all the time. */
  private static final class TwoHosts implements AutoCloseable {
    private final TestHost a;
    private final TestHost b;
    private final FakeSocket onB;
    private final Traffic traffic;

    TwoHosts(RedisCluster redis, String prefix) {
      String url = redis.url() + "?prefix=" + prefix;
      a = TestHost.start(ClientManagerFactory.create(url));
      b = TestHost.start(ClientManagerFactory.create(url));
      onB = b.connect("on-b", "r");
      BrokerOutageScenarios.patiently().until(() -> BrokerOutageScenarios.knowEachOther(a, b));
      traffic = new Traffic(a.manager(), "r");
      awaitMore();
    }

    boolean areUp() {
      return BrokerOutageScenarios.isAll(BackendState.UP, a, b);
    }

    /** Waits until both hosts are UP and numbers arrive. */
    void awaitMore() {
      int before = onB.count();
      BrokerOutageScenarios.patiently().until(() -> onB.count() > before + 100 && areUp());
    }

    void assertAllArrivedOnceInOrder() {
      int sent = traffic.stop();
      BrokerOutageScenarios.patiently().until(() -> onB.count() >= sent);
      assertThat(onB.received()).containsExactlyElementsOf(BrokerOutageScenarios.numbers(sent));
    }

    @Override
    public void close() {
      traffic.close();
      b.close();
      a.close();
    }
  }

  @Test
  void aSlotThatMovesUnderTrafficLosesAndDoublesNothing() {
    String prefix = HostId.random().value();
    try (TwoHosts hosts = new TwoHosts(redis, prefix)) {
      for (int i = 0; i < 3; i++) {
        moveOn(prefix + ":all");
        hosts.awaitMore();
        hosts.awaitMore();
      }
      hosts.assertAllArrivedOnceInOrder();
    }
  }

  /** Moves the slot of a channel to the next node. */
  private static void moveOn(String channel) {
    List<EmbeddedRedis> nodes = redis.nodes();
    int at = nodes.indexOf(redis.owner(channel));
    redis.move(channel, nodes.get((at + 1) % nodes.size()));
  }

  @Test
  void aMovedSubscriptionIsMadeAgainWithoutLosingTheLink() {
    try (BackendProbe probe = new BackendProbe(redis.url());
        BackendProbe other = new BackendProbe(redis.url())) {
      TestHost.await(probe.start());
      TestHost.await(probe.backend().subscribe(probe.channel()));

      moveOn(probe.channel());

      BrokerOutageScenarios.patiently()
          .until(() -> subscribers(redis.owner(probe.channel()), probe.channel()) == 1);
      TestHost.await(other.start());
      assertThat(
              TestHost.await(
                  other.backend().publish(probe.channel(), ByteBuffer.wrap(new byte[] {'x'}))))
          .isOne();
      BrokerOutageScenarios.patiently().until(() -> probe.frames().equals(List.of("x")));
      assertThat(probe.told("lost SUBSCRIBE")).isNull();
    }
  }

  private static int subscribers(EmbeddedRedis node, String channel) {
    List<String> answer = node.ask("PUBSUB SHARDNUMSUB " + channel).lines().toList();
    return Integer.parseInt(answer.get(3).substring(1));
  }

  @Test
  void framesThatMeetACommandInFlightAreNotTakenForItsAnswer() {
    int many = 2_000;
    try (BackendProbe probe = new BackendProbe(redis.url());
        BackendProbe other = new BackendProbe(redis.url())) {
      TestHost.await(probe.start());
      TestHost.await(other.start());
      TestHost.await(probe.backend().subscribe(probe.channel()));
      List<CompletionStage<?>> stages = new ArrayList<>();

      for (int i = 0; i < many; i++) {
        stages.add(
            other
                .backend()
                .publish(probe.channel(), StandardCharsets.US_ASCII.encode(Integer.toString(i))));
        stages.add(probe.backend().subscribe(probe.channel()));
      }

      stages.forEach(TestHost::await);
      BrokerOutageScenarios.patiently().until(() -> probe.frames().size() >= many);
      assertThat(probe.frames())
          .containsExactlyElementsOf(IntStream.range(0, many).mapToObj(Integer::toString).toList());
      assertThat(probe.told("lost")).isNull();
    }
  }

  @Test
  void aNodeThatHangsIsNoticedInBothDirectionsAlthoughTheOthersAnswer() {
    try (BackendProbe probe = new BackendProbe(redis.url())) {
      TestHost.await(probe.start());
      TestHost.await(probe.backend().subscribe(probe.channel()));
      EmbeddedRedis owner = redis.owner(probe.channel());
      String elsewhere = channelNotOn(owner, probe.prefix());
      TestHost.await(probe.backend().subscribe(elsewhere));
      owner.freeze();
      try {
        Awaitility.await()
            .atMost(Duration.ofSeconds(15))
            .pollInterval(Duration.ofMillis(100))
            .until(
                () -> {
                  probe.backend().publish(elsewhere, ByteBuffer.wrap(new byte[] {'x'}));
                  return probe.told("lost PUBLISH") != null && probe.told("lost SUBSCRIBE") != null;
                });
      } finally {
        owner.thaw();
      }
      BrokerOutageScenarios.patiently()
          .until(
              () ->
                  probe.told("restored PUBLISH") != null
                      && probe.told("restored SUBSCRIBE") != null);
      assertThat(TestHost.await(probe.publish("again"))).isOne();
    }
  }

  @Test
  void aPauseStopsReadingFromEveryNode() {
    try (BackendProbe probe = new BackendProbe(redis.url());
        BackendProbe other = new BackendProbe(redis.url())) {
      TestHost.await(probe.start());
      TestHost.await(other.start());
      String first = probe.channel();
      String second = channelNotOn(redis.owner(first), probe.prefix());
      for (String channel : List.of(first, second)) {
        TestHost.await(probe.backend().subscribe(channel));
      }

      probe.backend().pause();

      for (String channel : List.of(first, second)) {
        for (int i = 0; i < 100; i++) {
          ByteBuffer big = StandardCharsets.US_ASCII.encode("x".repeat(100_000));
          assertThat(TestHost.await(other.backend().publish(channel, big))).isOne();
        }
      }
      Awaitility.await().during(Duration.ofMillis(500)).until(() -> probe.frames().size() < 100);
      probe.backend().resume();
      BrokerOutageScenarios.patiently().until(() -> probe.frames().size() == 200);
      assertThat(probe.told("lost")).isNull();
    }
  }

  @Test
  void aPlainAddressOfANodeIsWarnedOfOnce() {
    try (ChildProcess probe =
        ChildProcess.start(
            "probe",
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                BackendProbe.class.getName(),
                redis.nodes().get(0).url()))) {
      probe.awaitLine(Pattern.compile("connected"), Duration.ofSeconds(20));
      probe.input(List.of());
      probe.awaitSuccess(Duration.ofSeconds(20));
      assertThat(probe.lines().stream().filter(line -> line.contains(" WARN ")))
          .singleElement()
          .asString()
          .contains("redis-cluster://");
    }
  }

  @Test
  void aUserWithTheDocumentedRightsNeedsNoOthers() {
    try (BackendProbe sharded = new BackendProbe(limited(""));
        BackendProbe classic = new BackendProbe(limited("?pubsub=classic"))) {
      for (BackendProbe probe : List.of(sharded, classic)) {
        for (EmbeddedRedis node : redis.nodes()) {
          node.ask(
              "ACL SETUSER limited on >secret &"
                  + probe.prefix()
                  + ":* +publish +subscribe +unsubscribe +ping +role +info +hello +client|setname"
                  + " +select +cluster|slots +spublish +ssubscribe +sunsubscribe");
        }
        TestHost.await(probe.start());
        TestHost.await(probe.backend().subscribe(probe.channel()));
        TestHost.await(probe.publish("allowed"));
        BrokerOutageScenarios.patiently().until(() -> probe.frames().equals(List.of("allowed")));
        TestHost.await(probe.backend().unsubscribe(probe.channel()));
      }
      assertThatThrownBy(() -> TestHost.await(sharded.backend().subscribe("other:all")))
          .hasMessageContaining("NOPERM");
    }
  }

  private static String limited(String parameters) {
    return redis.url().replace("://", "://limited:secret@") + parameters;
  }

  @Test
  void aKilledNodeIsReplacedByItsReplicaAndNothingIsLost() {
    String prefix = HostId.random().value();
    try (RedisCluster own = RedisCluster.start()) {
      EmbeddedRedis owner = own.owner(prefix + ":all");
      own.addReplica(owner);
      try (TwoHosts hosts = new TwoHosts(own, prefix)) {
        owner.kill();
        BrokerOutageScenarios.patiently().until(() -> !hosts.areUp());
        hosts.awaitMore();
        hosts.assertAllArrivedOnceInOrder();
      }
    }
  }

  @Test
  void aPlannedFailoverTakesAllHostsToTheNewMasterAndLosesNothing() {
    String prefix = HostId.random().value();
    String all = prefix + ":all";
    try (RedisCluster own = RedisCluster.start()) {
      EmbeddedRedis before = own.owner(all);
      EmbeddedRedis after = own.addReplica(before);
      try (TwoHosts hosts = new TwoHosts(own, prefix)) {
        own.failOverTo(after);
        BrokerOutageScenarios.patiently()
            .until(() -> subscribers(after, all) == 2 && subscribers(before, all) == 0);
        hosts.awaitMore();
        hosts.assertAllArrivedOnceInOrder();
      }
    }
  }

  private static String channelNotOn(EmbeddedRedis node, String prefix) {
    return IntStream.range(0, 1_000)
        .mapToObj(i -> prefix + ":" + i)
        .filter(channel -> redis.owner(channel) != node)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aPlainAddressOfANodeReachesTheOtherNodesWithoutACount() {
    List<EmbeddedRedis> nodes = redis.nodes();
    try (BackendProbe one = new BackendProbe(nodes.get(0).url());
        BackendProbe other = new BackendProbe(nodes.get(1).url())) {
      TestHost.await(one.start());
      TestHost.await(one.backend().subscribe(one.channel()));
      TestHost.await(other.start());

      assertThat(
              TestHost.await(
                  other.backend().publish(one.channel(), ByteBuffer.wrap(new byte[] {'x'}))))
          .isEqualTo(-1);

      BrokerOutageScenarios.patiently().until(() -> one.frames().equals(List.of("x")));
      assertThat(one.told("lost")).isNull();
    }
  }
}
