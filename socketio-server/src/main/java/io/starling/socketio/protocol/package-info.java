/**
 * The wire format of Socket.IO protocol v5: packets, and their encoding in Engine.IO messages. The
 * code here converts between bytes and records and does no input or output.
 *
 * <p>Begin with {@link io.starling.socketio.protocol.SocketIoPacket}, then read {@link
 * io.starling.socketio.protocol.PacketParser} and {@link
 * io.starling.socketio.protocol.PacketEncoder}.
 *
 * <p>The arguments of events and acks are checked here but stay JSON text; an {@link
 * io.starling.manager.protocol.EventPayload} holds them until a handler decodes them.
 */
@NullMarked
package io.starling.socketio.protocol;

import org.jspecify.annotations.NullMarked;
