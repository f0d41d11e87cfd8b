package io.starling.integration.managers;

import io.starling.integration.contract.ClientManagerContract;
import io.starling.manager.ClientManager;
import io.starling.manager.ClientManagerFactory;

class InMemoryManagerTest extends ClientManagerContract {
  @Override
  protected ClientManager createManager() {
    return ClientManagerFactory.create("memory://");
  }
}
