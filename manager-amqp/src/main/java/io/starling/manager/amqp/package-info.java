/** RabbitMQ (AMQP 0-9-1) as a back end. Not written yet. */
@NullMarked
package io.starling.manager.amqp;

import org.jspecify.annotations.NullMarked;
