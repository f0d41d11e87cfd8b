/**
 * A Socket.IO client for the servers of Socket.IO 3 and 4. Begin with {@link
 * io.starling.client.SocketIoClient}, which is one connection, and {@link
 * io.starling.client.ClientSocket}, which is one namespace of the connection.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block, and builders are
 * for one thread; no value is null unless it is marked {@code @Nullable}; a wrong argument causes
 * an {@link IllegalArgumentException} that names the argument, and changes nothing.
 */
@NullMarked
package io.starling.client;

import org.jspecify.annotations.NullMarked;
