package io.starling.integration.outage;

import static io.starling.integration.outage.BrokerOutageScenarios.isAll;
import static io.starling.integration.outage.BrokerOutageScenarios.knowEachOther;
import static io.starling.integration.outage.BrokerOutageScenarios.numbers;
import static io.starling.integration.outage.BrokerOutageScenarios.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.broker.Ports;
import io.starling.integration.broker.RabbitMqCluster;
import io.starling.integration.broker.RabbitMqProcess;
import io.starling.integration.contract.FakeSocket;
import io.starling.integration.contract.TestHost;
import io.starling.integration.outage.BrokerOutageScenarios.Traffic;
import io.starling.integration.process.TcpProxy;
import io.starling.manager.BackendState;
import io.starling.manager.BusCount;
import io.starling.manager.ClientManagerFactory;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three nodes of RabbitMQ, all of them in the URL of each host. */
final class RabbitMqClusterIT {
  /** Started by the first test; null where there is no rabbitmq-server. */
  @SuppressWarnings("NullAway.Init")
  private static RabbitMqCluster cluster;

  @BeforeEach
  void open() {
    if (cluster == null) {
      cluster = RabbitMqCluster.start();
    } else {
      cluster.complete();
    }
  }

  @AfterAll
  static void close() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void killedNodesAreLeftForOthersAndNothingIsLost() {
    try (TwoHosts hosts = new TwoHosts(cluster.url())) {
      RabbitMqProcess first = cluster.busiest();
      first.kill();
      hosts.awaitLeftAndUp("killed");

      cluster.complete();
      RabbitMqProcess second = cluster.busiest();
      assertThat(second).isNotSameAs(first);
      second.kill();
      hosts.awaitLeftAndUp("another killed");
      assertThat(cluster.connections(first)).isEqualTo(TwoHosts.CONNECTIONS);

      hosts.assertAllArrivedOnceInOrder();
    }
  }

  @Test
  void aNodeThatIsCutOffIsLeftForTheOthersAndNothingIsLost() {
    try (TwoHosts hosts = new TwoHosts(cluster.url())) {
      RabbitMqProcess minority = cluster.busiest();
      cluster.cutOff(minority);
      try {
        hosts.awaitLeftAndUp("cut off");
        assertThat(cluster.connections(cluster.otherThan(minority)))
            .isEqualTo(TwoHosts.CONNECTIONS);
      } finally {
        cluster.join(minority);
      }
      cluster.complete();
      hosts.awaitTraffic();

      hosts.assertAllArrivedOnceInOrder();
    }
  }

  @Test
  void aHostThatDoesNotAnswerOrEndsTheConnectionIsPassedOver() {
    try (TcpProxy mute = TcpProxy.open(Ports.free());
        TcpProxy closing = TcpProxy.open(Ports.free())) {
      mute.hold();
      String url =
          "amqp://guest:guest@127.0.0.1:%d,127.0.0.1:%d,127.0.0.1:%d"
              .formatted(mute.port(), closing.port(), cluster.nodes().get(0).port());
      List<BackendProbe> probes = Stream.generate(() -> new BackendProbe(url)).limit(5).toList();
      try {
        long from = System.nanoTime();
        probes.stream().map(BackendProbe::start).toList().forEach(TestHost::await);
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(8));
      } finally {
        probes.forEach(BackendProbe::close);
      }
    }
  }

  /** Two hosts that emit to each other all the time. */
  private static final class TwoHosts implements AutoCloseable {
    static final int CONNECTIONS = 4;

    private final TestHost a;
    private final TestHost b;
    private final FakeSocket onA;
    private final FakeSocket onB;
    private final Traffic fromA;
    private final Traffic fromB;
    private long lossesBefore;

    TwoHosts(String url) {
      a = TestHost.start(ClientManagerFactory.create(url));
      b = TestHost.start(ClientManagerFactory.create(url));
      onA = a.connect("on-a", "of-b");
      onB = b.connect("on-b", "of-a");
      patiently().until(() -> knowEachOther(a, b));
      fromA = new Traffic(a.manager(), "of-a");
      fromB = new Traffic(b.manager(), "of-b");
      awaitTraffic();
    }

    /** Waits until a host has noticed, both are UP, and both hear each other. */
    void awaitLeftAndUp(String what) {
      long from = System.nanoTime();
      patiently().until(() -> losses() > lossesBefore);
      awaitTraffic();
      lossesBefore = losses();
      System.out.println(
          what
              + ": UP again after "
              + Duration.ofNanos(System.nanoTime() - from).toMillis()
              + " ms");
    }

    /** How often a host was DOWN or DEGRADED. */
    private long losses() {
      return Stream.of(a, b)
          .flatMap(host -> host.listener().events().stream())
          .filter(event -> event.startsWith("state D"))
          .count();
    }

    void awaitTraffic() {
      patiently().until(() -> isAll(BackendState.UP, a, b));
      int before = Math.max(onA.count(), onB.count());
      patiently().until(() -> onA.count() > before + 100 && onB.count() > before + 100);
    }

    void assertAllArrivedOnceInOrder() {
      int byA = fromA.stop();
      int byB = fromB.stop();
      patiently().until(() -> onA.count() >= byB && onB.count() >= byA);
      assertThat(onA.received()).containsExactlyElementsOf(numbers(byB));
      assertThat(onB.received()).containsExactlyElementsOf(numbers(byA));
      for (TestHost host : new TestHost[] {a, b}) {
        assertThat(host.manager().statistics().get(BusCount.MISSING)).isZero();
      }
    }

    @Override
    public void close() {
      fromA.close();
      fromB.close();
      a.close();
      b.close();
    }
  }
}
