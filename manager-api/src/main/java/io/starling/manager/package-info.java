/**
 * The service interface through which Starling reaches Socket.IO clients, wherever in the cluster
 * they are connected. Begin with {@link io.starling.manager.Operation}: what a server and an
 * emitter can do to clients. A {@link io.starling.manager.ClientManager} performs operations, and
 * asks what is a {@link io.starling.manager.Question}. {@link io.starling.manager.LocalServer} is
 * the server's side: a manager calls it to reach the clients of its own process. {@link
 * io.starling.manager.Rooms} holds the sockets and their rooms.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block, and builders are
 * for one thread; no value is null unless it is marked {@code @Nullable}; a wrong argument causes
 * an {@link IllegalArgumentException} that names the argument, and changes nothing.
 */
@NullMarked
package io.starling.manager;

import org.jspecify.annotations.NullMarked;
