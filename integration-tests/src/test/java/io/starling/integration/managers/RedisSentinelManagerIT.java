package io.starling.integration.managers;

import io.starling.integration.broker.RedisSentinels;
import io.starling.integration.contract.ClusterContract;
import io.starling.integration.contract.TestHost;
import io.starling.manager.ClientManager;
import io.starling.manager.ClientManagerFactory;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.pubsub.PubSubPublisher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class RedisSentinelManagerIT extends ClusterContract {
  private static RedisSentinels broker;

  private final String prefix = HostId.random().value();

  @BeforeAll
  static void open() {
    broker = RedisSentinels.start();
  }

  @AfterAll
  static void close() {
    broker.close();
  }

  private static String url(String prefix) {
    return broker.url() + "?prefix=" + prefix;
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
  protected PubSubPublisher createPublisher() {
    return PubSubPublisher.create(url(prefix), ManagerListener.NONE, TestHost.callbacks());
  }
}
