/**
 * Starling's bus on RabbitMQ, or on another broker that speaks AMQP 0-9-1. Begin with {@link
 * io.starling.manager.amqp.AmqpBackendProvider}, which reads the URL, and {@link
 * io.starling.manager.amqp.AmqpBackend}, which holds the settings. {@code AmqpTopology} shows the
 * exchange and queues on the broker; {@code AmqpPublishing} and {@code AmqpSubscriptions} use them.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block. Parameters and
 * results are never null unless marked {@code @Nullable}. Setters of the builder refuse a wrong
 * value with an {@link IllegalArgumentException} that names the setting.
 */
@NullMarked
package io.starling.manager.amqp;

import org.jspecify.annotations.NullMarked;
