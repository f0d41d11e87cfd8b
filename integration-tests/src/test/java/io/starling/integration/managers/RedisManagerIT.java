package io.starling.integration.managers;

import static io.starling.integration.contract.Payloads.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.broker.EmbeddedRedis;
import io.starling.integration.broker.TestBroker;
import io.starling.integration.contract.ClusterContract;
import io.starling.integration.contract.FakeSocket;
import io.starling.integration.contract.TestHost;
import io.starling.manager.BackendState;
import io.starling.manager.ClientManager;
import io.starling.manager.ClientManagerFactory;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.Operation;
import io.starling.manager.Recipients;
import io.starling.manager.pubsub.BusWatch;
import io.starling.manager.pubsub.PubSubPublisher;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisManagerIT extends ClusterContract {
  private static TestBroker redis;

  private final String prefix = HostId.random().value();
  private @Nullable EmbeddedRedis own;

  private String url() {
    return own == null ? redis.url(prefix) : own.url();
  }

  @BeforeAll
  static void open() {
    redis = TestBroker.redis();
  }

  @AfterAll
  static void close() {
    redis.close();
  }

  @Override
  protected ClientManager createManager() {
    return ClientManagerFactory.create(url());
  }

  @Override
  protected ClientManager createStranger() {
    return ClientManagerFactory.create(redis.url(prefix + "-other"));
  }

  @Override
  protected BusWatch createWatch(BusWatch.Listener listener) {
    return BusWatch.create(url(), listener);
  }

  @Override
  protected PubSubPublisher createPublisher() {
    return PubSubPublisher.create(url(), ManagerListener.NONE, TestHost.callbacks());
  }

  @Test
  void aBrokerThatIsKilledAndRestartedCarriesTheClusterAgain() {
    try (EmbeddedRedis killed = EmbeddedRedis.start()) {
      own = killed;
      List<TestHost> hosts = hosts(2);
      FakeSocket local = hosts.get(0).connect("local");
      FakeSocket remote = hosts.get(1).connect("remote");

      killed.kill();
      awaitState(hosts, BackendState.DOWN);
      hosts.get(0).perform(new Operation.Emit(Recipients.ALL, json("[\"while down\"]")));
      assertThat(local.received()).containsExactly("[\"while down\"]");
      killed.restart();
      awaitState(hosts, BackendState.UP);
      TestHost.await(hosts.get(0).perform(new Operation.Emit(Recipients.ALL, json("[\"after\"]"))));

      Awaitility.await().until(() -> remote.received().contains("[\"after\"]"));
      assertThat(remote.received()).doesNotHaveDuplicates();
      hosts.forEach(TestHost::close);
    }
  }

  private static void awaitState(List<TestHost> hosts, BackendState state) {
    Awaitility.await()
        .untilAsserted(() -> assertThat(hosts).allMatch(host -> host.manager().state() == state));
  }
}
