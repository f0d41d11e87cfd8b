/**
 * Engine.IO v4 sessions without a network: handshake, heartbeat, upgrade, close, and the queues of
 * slow clients. A carrier, such as the Netty server, implements {@link
 * io.starling.engineio.EngineIoTransport}. The layer above, which is Socket.IO, implements {@link
 * io.starling.engineio.EngineIoListener}.
 *
 * <p>Begin with {@link io.starling.engineio.EngineIoServer}, then read {@link
 * io.starling.engineio.EngineIoSession} and its transport.
 *
 * <p>Each session belongs to one event loop. Types and methods say where only that loop may call
 * them; others are safe for any thread, except builders. No method blocks. Only {@code @Nullable}
 * values may be null. An invalid setting is an {@link IllegalArgumentException} that names it.
 */
@NullMarked
package io.starling.engineio;

import org.jspecify.annotations.NullMarked;
