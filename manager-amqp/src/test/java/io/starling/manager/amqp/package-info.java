/** Tests of the RabbitMQ back end. */
@NullMarked
package io.starling.manager.amqp;

import org.jspecify.annotations.NullMarked;
