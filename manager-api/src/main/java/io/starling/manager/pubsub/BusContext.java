package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import java.util.concurrent.Executor;

/**
 * What the parts of one manager or emitter share.
 *
 * @param self the origin of everything that is sent
 * @param listener never throws
 * @param callbacks where users' stages complete
 * @param seal made of the settings
 * @param counters of what happens
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
