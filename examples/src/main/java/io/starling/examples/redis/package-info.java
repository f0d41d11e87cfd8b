/** The Redis of {@code ./demo}: nothing needs to be installed. */
@NullMarked
package io.starling.examples.redis;

import org.jspecify.annotations.NullMarked;
