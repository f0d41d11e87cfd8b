package scratch;

import io.starling.integration.contract.PubSubBackendContract;
import io.starling.manager.pubsub.PubSubBackend;

class ScratchBackendTest extends PubSubBackendContract {
  @Override
  protected PubSubBackend createBackend() {
    return new ScratchBackend();
  }
}
