package io.starling.integration.managers;

import io.starling.integration.contract.ClusterContract;
import io.starling.integration.contract.TestHost;
import io.starling.manager.ClientManager;
import io.starling.manager.ClientManagers;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.pubsub.PubSubPublisher;

class AmqpManagerIT extends ClusterContract {
  private final String prefix = HostId.random().value();

  private String url() {
    return "amqp://127.0.0.1?prefix=" + prefix;
  }

  @Override
  protected ClientManager createManager() {
    return ClientManagers.create(url());
  }

  @Override
  protected PubSubPublisher createPublisher() {
    return PubSubPublisher.create(url(), ManagerListener.NONE, TestHost.callbacks());
  }
}
