/** The write-only side: emits to every client of a cluster from any process. */
@NullMarked
package io.starling.emitter;

import org.jspecify.annotations.NullMarked;
