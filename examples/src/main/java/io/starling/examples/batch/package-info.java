/** Example: a batch job that emits what it reads. See {@link BatchEmitter}. */
@NullMarked
package io.starling.examples.batch;

import org.jspecify.annotations.NullMarked;
