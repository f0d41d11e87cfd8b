/**
 * The public API of the server. Begin with {@link SocketIoServer}, which is built from a {@link
 * SocketIoServerConfig}. Its clients are in a {@link Namespace}, where handlers are registered;
 * {@link Socket} is one client in one namespace.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block. A builder is for
 * one thread. No parameter and no result is null unless it is marked {@code @Nullable}. A wrong
 * argument causes an {@link IllegalArgumentException} that names the argument, and nothing is
 * changed.
 */
@NullMarked
package io.starling.socketio;

import org.jspecify.annotations.NullMarked;
