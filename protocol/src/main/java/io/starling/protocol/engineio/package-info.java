/**
 * The wire format of Engine.IO v4: packets, and their encoding in WebSocket frames and in the
 * bodies of polling requests and responses. The code here only converts between bytes and records;
 * it has no state and does no input or output.
 *
 * <p>Begin with {@link io.starling.protocol.engineio.EngineIoPacket}, then read {@link
 * io.starling.protocol.engineio.PacketCodec} and {@link
 * io.starling.protocol.engineio.PayloadCodec}.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block. Only
 * {@code @Nullable} values may be null. Malformed bytes of a client cause a {@link
 * io.starling.protocol.engineio.MalformedPacketException}, a wrong argument an {@link
 * IllegalArgumentException}.
 */
@NullMarked
package io.starling.protocol.engineio;

import org.jspecify.annotations.NullMarked;
