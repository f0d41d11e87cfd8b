/** Tests of the emitter. */
@NullMarked
package io.starling.emitter;

import org.jspecify.annotations.NullMarked;
