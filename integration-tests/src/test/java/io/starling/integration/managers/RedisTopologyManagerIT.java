package io.starling.integration.managers;

import io.starling.integration.broker.RedisCluster;
import io.starling.integration.broker.RedisSentinels;
import io.starling.integration.broker.TestBroker;
import io.starling.integration.contract.ClusterContract;
import io.starling.integration.contract.TestHost;
import io.starling.manager.ClientManager;
import io.starling.manager.ClientManagerFactory;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.pubsub.BusWatch;
import io.starling.manager.pubsub.PubSubPublisher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Runs on a Redis Cluster with sharded pub/sub, or on what {@code STARLING_TEST_TOPOLOGY} names:
 * {@code classic} for a Cluster with classic pub/sub, {@code sentinel} for a master that Sentinels
 * name.
 */
final class RedisTopologyManagerIT extends ClusterContract {
  private static final String TOPOLOGY =
      System.getenv().getOrDefault("STARLING_TEST_TOPOLOGY", "sharded");

  private static TestBroker.Running broker;

  private final String prefix = HostId.random().value();

  @BeforeAll
  static void open() {
    broker = TOPOLOGY.equals("sentinel") ? RedisSentinels.start() : RedisCluster.start();
  }

  @AfterAll
  static void close() {
    broker.close();
  }

  private static String url(String prefix) {
    return broker.url()
        + (TOPOLOGY.equals("classic") ? "?pubsub=classic&" : "?")
        + "prefix="
        + prefix;
  }

  @Override
  protected ClientManager createManager() {
    return ClientManagerFactory.create(url(prefix));
  }

  @Override
  protected ClientManager createStranger() {
    return ClientManagerFactory.create(url(prefix + "-other"));
  }

  @Override
  protected BusWatch createWatch(BusWatch.Listener listener) {
    return BusWatch.create(url(prefix), listener);
  }

  @Override
  protected PubSubPublisher createPublisher() {
    return PubSubPublisher.create(url(prefix), ManagerListener.NONE, TestHost.callbacks());
  }
}
