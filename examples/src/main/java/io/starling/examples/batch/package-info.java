/** An emitter that sends what a batch job reads. */
@NullMarked
package io.starling.examples.batch;

import org.jspecify.annotations.NullMarked;
