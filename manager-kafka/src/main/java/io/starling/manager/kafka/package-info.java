/**
 * Kafka as a back end: one topic for all channels.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block, and builders are
 * for one thread; nothing is null but what is {@code @Nullable}; a wrong argument is an {@link
 * IllegalArgumentException} that names it, and changes nothing.
 */
@NullMarked
package io.starling.manager.kafka;

import org.jspecify.annotations.NullMarked;
