/**
 * Micrometer meters of a server. Needs {@code micrometer-core}, which is optional.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block, and builders are
 * for one thread; nothing is null but what is {@code @Nullable}; a wrong argument is an {@link
 * IllegalArgumentException} that names it, and changes nothing.
 */
@NullMarked
package io.starling.socketio.metrics;

import org.jspecify.annotations.NullMarked;
