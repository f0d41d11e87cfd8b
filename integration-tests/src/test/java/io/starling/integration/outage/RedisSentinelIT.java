package io.starling.integration.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.integration.broker.EmbeddedRedis;
import io.starling.integration.broker.Ports;
import io.starling.integration.broker.RedisSentinels;
import io.starling.integration.contract.FakeSocket;
import io.starling.integration.contract.TestHost;
import io.starling.integration.outage.BrokerOutageScenarios.Traffic;
import io.starling.integration.process.ChildProcess;
import io.starling.manager.BackendState;
import io.starling.manager.ClientManagerFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Servers behind Sentinels, whose master changes. Each test has servers of its own. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
final class RedisSentinelIT {
  private static final String PASSWORD = "sentinel-secret";

  @Test
  void aFailoverMovesAllConnectionsAndLosesNothing() {
    try (RedisSentinels redis = RedisSentinels.start()) {
      EmbeddedRedis old = redis.master();
      trafficAround(
          redis,
          () -> {
            redis.failOver();
            BrokerOutageScenarios.patiently()
                .until(
                    () ->
                        redis.master().connections("starling-") == 4
                            && old.connections("starling-") == 0);
          });
    }
  }

  @Test
  void aKilledMasterIsReplacedAndNothingIsLost() {
    try (RedisSentinels redis = RedisSentinels.start()) {
      EmbeddedRedis next = redis.replica();
      trafficAround(
          redis,
          () -> {
            redis.master().kill();
            BrokerOutageScenarios.patiently().until(() -> next.connections("starling-") == 4);
          });
    }
  }

  @Test
  void sentinelsWithAPasswordAreAskedWithIt() {
    try (RedisSentinels redis = RedisSentinels.start(PASSWORD);
        BackendProbe right = new BackendProbe(redis.url() + "?sentinel-password=" + PASSWORD);
        BackendProbe wrong = new BackendProbe(redis.url() + "?sentinel-password=wrong-one")) {
      TestHost.await(right.start());
      TestHost.await(right.backend().subscribe(right.channel()));
      assertThat(TestHost.await(right.publish("x"))).isOne();
      assertThatThrownBy(() -> TestHost.await(wrong.start()))
          .hasMessageContaining("redis-sentinel://")
          .hasMessageNotContaining("wrong-one");
    }
  }

  @Test
  void aServerThatTheSentinelNamesAlthoughItIsNoMasterIsRefused(@TempDir Path directory) {
    int port = Ports.free();
    try (EmbeddedRedis master = EmbeddedRedis.start();
        EmbeddedRedis replica = EmbeddedRedis.start("--replicaof", "127.0.0.1 " + master.port());
        ChildProcess sentinel =
            RedisSentinels.sentinel(
                directory,
                List.of(
                    "port " + port,
                    "bind 127.0.0.1",
                    "sentinel monitor stale 127.0.0.1 " + replica.port() + " 1"));
        BackendProbe probe = new BackendProbe("redis-sentinel://127.0.0.1:" + port + "/stale")) {
      assertThat(sentinel.isAlive()).isTrue();
      assertThatThrownBy(() -> TestHost.await(probe.start()))
          .hasMessageContaining("no master any more but a slave");
    }
  }

  private static void trafficAround(RedisSentinels redis, Runnable change) {
    String url = redis.url();
    try (TestHost a = TestHost.start(ClientManagerFactory.create(url));
        TestHost b = TestHost.start(ClientManagerFactory.create(url))) {
      FakeSocket onB = b.connect("on-b", "r");
      BrokerOutageScenarios.patiently().until(() -> BrokerOutageScenarios.knowEachOther(a, b));
      try (Traffic traffic = new Traffic(a.manager(), "r")) {
        BrokerOutageScenarios.patiently().until(() -> onB.count() > 100);

        change.run();

        BrokerOutageScenarios.patiently()
            .until(() -> BrokerOutageScenarios.isAll(BackendState.UP, a, b));
        int before = onB.count();
        BrokerOutageScenarios.patiently().until(() -> onB.count() > before + 100);
        int sent = traffic.stop();
        BrokerOutageScenarios.patiently().until(() -> onB.count() >= sent);
        assertThat(onB.received()).containsExactlyElementsOf(BrokerOutageScenarios.numbers(sent));
      }
    }
  }
}
