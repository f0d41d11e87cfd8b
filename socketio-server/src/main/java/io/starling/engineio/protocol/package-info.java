/**
 * The wire format of Engine.IO v4: packets, and their encoding in WebSocket frames and in the
 * bodies of polling requests and responses. The code here only converts between bytes and records;
 * it has no state and does no input or output.
 *
 * <p>Begin with {@link io.starling.engineio.protocol.EngineIoPacket}, then read {@link
 * io.starling.engineio.protocol.PacketCodec} and {@link
 * io.starling.engineio.protocol.PayloadCodec}.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block. Only
 * {@code @Nullable} values may be null. Malformed bytes of a client cause a {@link
 * io.starling.engineio.protocol.MalformedPacketException}, a wrong argument an {@link
 * IllegalArgumentException}.
 */
@NullMarked
package io.starling.engineio.protocol;

import org.jspecify.annotations.NullMarked;
