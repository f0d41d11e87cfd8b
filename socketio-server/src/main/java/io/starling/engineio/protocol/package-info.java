/**
 * The wire format of Engine.IO v4: packets, and their encoding in WebSocket frames and in the
 * bodies of polling requests and responses. The code here only converts between bytes and records;
 * it has no state and does no input or output.
 *
 * <p>Begin with {@link io.starling.engineio.protocol.EngineIoPacket}, then read {@link
 * io.starling.engineio.protocol.PacketCodec} and {@link
 * io.starling.engineio.protocol.PayloadCodec}.
 *
 * <p>All types are safe for any thread, and no value is null. Malformed bytes of a client are a
 * {@link io.starling.engineio.protocol.MalformedPacketException}.
 */
@NullMarked
package io.starling.engineio.protocol;

import org.jspecify.annotations.NullMarked;
