package io.starling.integration.outage;

import static io.starling.integration.contract.Payloads.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.broker.EmbeddedRedis;
import io.starling.integration.contract.FakeSocket;
import io.starling.integration.contract.TestHost;
import io.starling.integration.process.TcpProxy;
import io.starling.manager.BackendState;
import io.starling.manager.ClientManagerFactory;
import io.starling.manager.Operation;
import io.starling.manager.Recipients;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Two servers behind one address swap their roles, as in a failover. */
final class RedisRoleSwapIT {
  @Test
  void hostsLeaveAServerThatIsNoMasterAnyMore() {
    try (EmbeddedRedis first = EmbeddedRedis.start();
        EmbeddedRedis second = EmbeddedRedis.start();
        TcpProxy address = TcpProxy.open(first.port());
        TestHost a =
            TestHost.start(ClientManagerFactory.create("redis://127.0.0.1:" + address.port()));
        TestHost b =
            TestHost.start(ClientManagerFactory.create("redis://127.0.0.1:" + address.port()))) {
      FakeSocket onB = b.connect("on-b", "r");
      BrokerOutageScenarios.patiently().until(() -> a.manager().hosts().size() == 2);

      first.ask("REPLICAOF 127.0.0.1 " + second.port());
      address.redirect(second.port());

      Awaitility.await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> connections(second) == 4 && connections(first) == 0);
      BrokerOutageScenarios.patiently()
          .until(() -> BrokerOutageScenarios.isAll(BackendState.UP, a, b));
      TestHost.await(a.perform(new Operation.Emit(Recipients.room("r"), json("[\"after\"]"))));
      Awaitility.await().until(() -> onB.received().contains("[\"after\"]"));
    }
  }

  @Test
  void aReplicaIsNotTakenForTheMasterWhileTheAddressStillLeadsToIt() {
    try (EmbeddedRedis first = EmbeddedRedis.start();
        EmbeddedRedis second = EmbeddedRedis.start();
        TcpProxy address = TcpProxy.open(first.port());
        BackendProbe probe = new BackendProbe("redis://127.0.0.1:" + address.port())) {
      TestHost.await(probe.start());
      first.ask("REPLICAOF 127.0.0.1 " + second.port());
      BrokerOutageScenarios.patiently()
          .until(
              () -> probe.told("failed PUBLISH") != null && probe.told("failed SUBSCRIBE") != null);
      assertThat(probe.told("lost PUBLISH")).contains("no master any more");
      assertThat(probe.told("restored")).isNull();

      address.redirect(second.port());

      BrokerOutageScenarios.patiently()
          .until(
              () ->
                  probe.told("restored PUBLISH") != null
                      && probe.told("restored SUBSCRIBE") != null);
    }
  }

  private static long connections(EmbeddedRedis redis) {
    return redis.ask("CLIENT LIST").lines().filter(line -> line.contains("name=starling-")).count();
  }
}
