package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import java.util.concurrent.Executor;

/**
 * What the parts of one manager or emitter share.
 *
 * @param self the origin of everything that is sent
 * @param listener one that never throws
 * @param callbacks where stages complete
 */
record BusContext(
    HostId self,
    PubSubSettings settings,
    PubSubBackend backend,
    ManagerThread thread,
    ManagerListener listener,
    Executor callbacks) {}
