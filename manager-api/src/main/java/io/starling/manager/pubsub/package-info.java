/**
 * The bus protocol: how Starling hosts and emitters exchange operations through a message broker.
 * The code is the same for every broker; docs/bus-protocol.md specifies the protocol.
 *
 * <p>Begin with {@link ClusterClientManager}, the manager of a host. {@link PubSubPublisher} is its
 * sending half and is a whole emitter by itself; {@code BusReceiver} is its receiving half. To add
 * a broker, read {@link PubSubBackend}, {@link PubSubBackendProvider} and {@link Broker}.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block. Parameters and
 * results are never null unless they are {@code @Nullable}. A wrong argument causes an {@link
 * IllegalArgumentException} that names the argument, and changes nothing.
 */
@NullMarked
package io.starling.manager.pubsub;

import org.jspecify.annotations.NullMarked;
