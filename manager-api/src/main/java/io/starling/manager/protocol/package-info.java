/**
 * The arguments of Socket.IO events and acknowledgements, as bytes and as Java values. Begin with
 * {@link io.starling.manager.protocol.EventPayload}, the encoded form that travels to clients and
 * through the broker. {@link io.starling.manager.protocol.EventPayloadCodec} encodes and decodes
 * it, and {@link io.starling.manager.protocol.Arguments} is the decoded form. {@link
 * io.starling.manager.protocol.WireName} checks the names of namespaces, rooms and events. The
 * package does no input or output.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block, and builders are
 * for one thread; no value is null unless it is marked {@code @Nullable}; a wrong argument causes
 * an {@link IllegalArgumentException} that names the argument, and changes nothing.
 */
@NullMarked
package io.starling.manager.protocol;

import org.jspecify.annotations.NullMarked;
