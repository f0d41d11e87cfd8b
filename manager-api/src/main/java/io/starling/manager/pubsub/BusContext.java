package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import java.util.concurrent.Executor;

/**
 * The objects that all parts of one manager or emitter share.
 *
 * @param self the id of this process run, which every frame that it sends names as its origin
 * @param thread the publisher thread
 * @param events counts events and tells the user's listener, and never throws
 * @param callbacks the executor on which stages that users hold complete
 * @param seal signs and checks frames with the secrets of the settings
 * @param ownFrames what this host sent and heard of it; an emitter hears nothing
 */
record BusContext(
    HostId self,
    PubSubSettings settings,
    PubSubBackend backend,
    ManagerThread thread,
    BusEvents events,
    Callbacks callbacks,
    FrameSeal seal,
    OwnFrames ownFrames) {
  BusContext(
      HostId self,
      PubSubSettings settings,
      PubSubBackend backend,
      ManagerThread thread,
      ManagerListener listener,
      Executor callbacks) {
    this(
        self,
        settings,
        backend,
        thread,
        new BusEvents(listener, thread),
        Callbacks.of(callbacks, thread),
        FrameSeal.of(settings.secrets()),
        new OwnFrames(thread));
  }
}
