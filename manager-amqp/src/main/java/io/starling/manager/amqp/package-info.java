/**
 * RabbitMQ (AMQP 0-9-1) as a back end.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block, and builders are
 * for one thread; nothing is null but what is {@code @Nullable}; a wrong argument is an {@link
 * IllegalArgumentException} that names it, and changes nothing.
 */
@NullMarked
package io.starling.manager.amqp;

import org.jspecify.annotations.NullMarked;
