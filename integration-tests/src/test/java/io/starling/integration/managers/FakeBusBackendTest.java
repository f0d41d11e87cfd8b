package io.starling.integration.managers;

import io.starling.integration.contract.FakeBus;
import io.starling.integration.contract.PubSubBackendContract;
import io.starling.manager.pubsub.PubSubBackend;

class FakeBusBackendTest extends PubSubBackendContract {
  private final FakeBus bus = new FakeBus();

  @Override
  protected PubSubBackend createBackend() {
    return bus.backend();
  }
}
