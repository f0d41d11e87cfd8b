/**
 * Engine.IO v4 sessions without a network: handshake, heartbeat, upgrade, close, and the queues of
 * slow clients. A carrier, such as the Netty server, implements {@link
 * io.starling.engineio.EngineIoTransport}. The layer above, which is Socket.IO, implements {@link
 * io.starling.engineio.EngineIoListener}.
 *
 * <p>Begin with {@link io.starling.engineio.EngineIoServer}, then read {@link
 * io.starling.engineio.EngineIoSession} and its transport.
 *
 * <p>Each session belongs to one event loop; types and methods say where only that loop may call
 * them. Unless a type says otherwise: it is safe for any thread and does not block. A builder is
 * for one thread. Only {@code @Nullable} values may be null. An invalid setting causes an {@link
 * IllegalArgumentException} that names the setting.
 */
@NullMarked
package io.starling.engineio;

import org.jspecify.annotations.NullMarked;
