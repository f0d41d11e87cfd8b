/**
 * The code that the README and the guide show. {@link FirstServer} and {@link Events} come first
 * there.
 */
@NullMarked
package io.starling.examples.guide;

import org.jspecify.annotations.NullMarked;
