/**
 * The Redis server of {@code ./demo}, so that the demo needs no installed broker. {@link
 * ExtractRedis} unpacks it.
 */
@NullMarked
package io.starling.examples.redis;

import org.jspecify.annotations.NullMarked;
