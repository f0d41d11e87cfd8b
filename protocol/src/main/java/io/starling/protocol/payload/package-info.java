/**
 * The arguments of Socket.IO events and acknowledgements, as bytes and as Java values. Begin with
 * {@link io.starling.protocol.payload.EventPayload}, the encoded form that travels to clients and
 * through the broker. {@link io.starling.protocol.payload.EventPayloadCodec} encodes and decodes
 * it, and {@link io.starling.protocol.payload.Arguments} is the decoded form. {@link
 * io.starling.protocol.payload.WireName} checks the names of namespaces, rooms and events. The
 * package does no input or output.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block, and builders are
 * for one thread; no value is null unless it is marked {@code @Nullable}; a wrong argument causes
 * an {@link IllegalArgumentException} that names the argument, and changes nothing.
 */
@NullMarked
package io.starling.protocol.payload;

import org.jspecify.annotations.NullMarked;
