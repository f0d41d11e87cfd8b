/**
 * Engine.IO v4 packets and payloads. Pure: bytes in, records out.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block, and builders are
 * for one thread; nothing is null but what is {@code @Nullable}; a wrong argument is an {@link
 * IllegalArgumentException} that names it, and changes nothing.
 */
@NullMarked
package io.starling.engineio.protocol;

import org.jspecify.annotations.NullMarked;
