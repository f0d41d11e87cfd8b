/**
 * Examples: an emitter at the end of a pipeline. See {@link KafkaSink} and {@link
 * EmitterItemWriter}.
 */
@NullMarked
package io.starling.examples.sink;

import org.jspecify.annotations.NullMarked;
