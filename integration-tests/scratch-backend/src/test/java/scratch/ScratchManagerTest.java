package scratch;

import io.starling.integration.contract.ClusterContract;
import io.starling.integration.contract.TestHost;
import io.starling.manager.ClientManager;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.pubsub.BusWatch;
import io.starling.manager.pubsub.ClusterClientManager;
import io.starling.manager.pubsub.PubSubPublisher;
import io.starling.manager.pubsub.PubSubSettings;

class ScratchManagerTest extends ClusterContract {
  private final PubSubSettings settings =
      PubSubSettings.DEFAULTS.withPrefix(HostId.random().value());

  @Override
  protected ClientManager createManager() {
    return new ClusterClientManager(new ScratchBackend(), settings);
  }

  @Override
  protected ClientManager createStranger() {
    return new ClusterClientManager(new ScratchBackend(), settings.withPrefix("stranger"));
  }

  @Override
  protected BusWatch createWatch(BusWatch.Listener listener) {
    return BusWatch.create(new ScratchBackend(), settings, listener);
  }

  @Override
  protected PubSubPublisher createPublisher() {
    return PubSubPublisher.create(
        new ScratchBackend(), settings, ManagerListener.NONE, TestHost.callbacks());
  }
}
