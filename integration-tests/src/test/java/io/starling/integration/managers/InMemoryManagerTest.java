package io.starling.integration.managers;

import io.starling.integration.contract.ClientManagerContract;
import io.starling.manager.ClientManager;
import io.starling.manager.ClientManagers;

class InMemoryManagerTest extends ClientManagerContract {
  @Override
  protected ClientManager createManager() {
    return ClientManagers.create("memory://");
  }
}
