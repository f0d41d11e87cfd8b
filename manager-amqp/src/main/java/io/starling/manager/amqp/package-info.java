/**
 * Starling's bus on RabbitMQ, or on another broker that speaks AMQP 0-9-1. Begin with {@link
 * io.starling.manager.amqp.AmqpBackendProvider}, which reads the URL. Then read {@code
 * AmqpPublishing} and {@code AmqpSubscriptions}: one connection that publishes, and one that
 * subscribes. {@code AmqpConnections} opens both.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block. Parameters and
 * results are never null unless marked {@code @Nullable}. A wrong setting is refused with an {@link
 * IllegalArgumentException} that names the setting.
 */
@NullMarked
package io.starling.manager.amqp;

import org.jspecify.annotations.NullMarked;
