/**
 * Engine.IO v4 sessions: state machines between a transport port and a listener port.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block, and builders are
 * for one thread; nothing is null but what is {@code @Nullable}; a wrong argument is an {@link
 * IllegalArgumentException} that names it, and changes nothing.
 */
@NullMarked
package io.starling.engineio;

import org.jspecify.annotations.NullMarked;
