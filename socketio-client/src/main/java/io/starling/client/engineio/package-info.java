/**
 * The client's half of Engine.IO v4: a connection, and its transports. The package is internal to
 * the client and knows nothing of Socket.IO. Begin with {@link
 * io.starling.client.engineio.EngineIoConnection}.
 */
@NullMarked
package io.starling.client.engineio;

import org.jspecify.annotations.NullMarked;
