/**
 * Starling's bus on Apache Kafka. All channels of a prefix share one topic, which every host reads
 * as a whole. Begin with {@link io.starling.manager.kafka.KafkaBackendProvider}, which reads the
 * URL, and {@code KafkaBroker}, which opens the connections. Then read {@code KafkaTopic}, which
 * finds or creates the topic, {@code KafkaPublishing}, and {@code ConsumerLoop}, which reads the
 * frames.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block. Parameters and
 * results are never null unless marked {@code @Nullable}. A wrong setting is refused with an {@link
 * IllegalArgumentException} that names the setting.
 */
@NullMarked
package io.starling.manager.kafka;

import org.jspecify.annotations.NullMarked;
