/** Tests of the command line of the emitter. */
@NullMarked
package io.starling.emitter.cli;

import org.jspecify.annotations.NullMarked;
