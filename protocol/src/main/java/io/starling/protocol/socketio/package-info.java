/**
 * The wire format of Socket.IO protocol v5: packets, and their encoding in Engine.IO messages. The
 * code here converts between bytes and records and does no input or output.
 *
 * <p>Begin with {@link io.starling.protocol.socketio.SocketIoPacket}, then read {@link
 * io.starling.protocol.socketio.PacketParser} and {@link
 * io.starling.protocol.socketio.PacketEncoder}.
 *
 * <p>The arguments of events and acks are checked here but stay JSON text; an {@link
 * io.starling.protocol.payload.EventPayload} holds them until a handler decodes them.
 */
@NullMarked
package io.starling.protocol.socketio;

import org.jspecify.annotations.NullMarked;
