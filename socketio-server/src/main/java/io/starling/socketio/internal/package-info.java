/**
 * The Socket.IO server itself: it turns the messages of Engine.IO sessions into events for
 * handlers, and emits into messages for sessions. Sessions and their network connections are behind
 * {@link io.starling.engineio.EngineIoServer}; the other processes of a cluster are behind {@link
 * io.starling.manager.ClientManager}.
 *
 * <p>Begin with {@link io.starling.socketio.internal.EngineIoEvents}, which is told of every
 * session. Then read {@link io.starling.socketio.internal.Connection}, the Socket.IO side of one
 * session, {@link io.starling.socketio.internal.DefaultSocket}, the client in one namespace, and
 * {@link io.starling.socketio.internal.EventQueue}, which runs its handlers one at a time. What all
 * of them share is in {@link io.starling.socketio.internal.Endpoint}. Emits to many sockets come in
 * through {@link io.starling.socketio.internal.LocalSocketRegistry}.
 */
@NullMarked
package io.starling.socketio.internal;

import org.jspecify.annotations.NullMarked;
