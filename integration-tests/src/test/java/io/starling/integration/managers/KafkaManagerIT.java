package io.starling.integration.managers;

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

class KafkaManagerIT extends ClusterContract {
  private static TestBroker broker;

  private final String prefix = HostId.random().value();

  @BeforeAll
  static void open() {
    broker = TestBroker.kafka();
  }

  @AfterAll
  static void close() {
    broker.close();
  }

  @Override
  protected ClientManager createManager() {
    return ClientManagerFactory.create(broker.url(prefix));
  }

  @Override
  protected ClientManager createStranger() {
    return ClientManagerFactory.create(broker.url(prefix + "-other"));
  }

  @Override
  protected BusWatch createWatch(BusWatch.Listener listener) {
    return BusWatch.create(broker.url(prefix), listener);
  }

  @Override
  protected PubSubPublisher createPublisher() {
    return PubSubPublisher.create(broker.url(prefix), ManagerListener.NONE, TestHost.callbacks());
  }
}
