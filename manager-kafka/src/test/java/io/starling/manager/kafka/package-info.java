/** Tests of the Kafka back end. */
@NullMarked
package io.starling.manager.kafka;

import org.jspecify.annotations.NullMarked;
