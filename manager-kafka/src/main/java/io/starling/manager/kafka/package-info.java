/** Kafka as a back end. Not written yet. */
@NullMarked
package io.starling.manager.kafka;

import org.jspecify.annotations.NullMarked;
