package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import java.util.concurrent.Executor;

/**
 * The objects that all parts of one manager or emitter share.
 *
 * @param self the id of this process run, which every frame that it sends names as its origin
 * @param thread the publisher thread
 * @param listener the user's listener in a wrapper that never throws
 * @param callbacks the executor on which stages that users hold complete
 * @param seal signs and checks frames with the secrets of the settings
 */
record BusContext(
    HostId self,
    PubSubSettings settings,
    PubSubBackend backend,
    ManagerThread thread,
    ManagerListener listener,
    Callbacks callbacks,
    FrameSeal seal,
    BusCounters counters) {
  BusContext(
      HostId self,
      PubSubSettings settings,
      PubSubBackend backend,
      ManagerThread thread,
      ManagerListener listener,
      Executor callbacks) {
    this(self, settings, backend, thread, listener, callbacks, new BusCounters());
  }

  private BusContext(
      HostId self,
      PubSubSettings settings,
      PubSubBackend backend,
      ManagerThread thread,
      ManagerListener listener,
      Executor callbacks,
      BusCounters counters) {
    this(
        self,
        settings,
        backend,
        thread,
        new SafeListener(listener, counters, thread),
        Callbacks.of(callbacks, thread),
        FrameSeal.of(settings.secrets()),
        counters);
  }
}
