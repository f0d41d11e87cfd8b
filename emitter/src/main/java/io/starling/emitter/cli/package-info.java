/**
 * The command-line program of the emitter. {@link io.starling.emitter.cli.EmitterCli} lists its
 * commands; each command is one class, which picocli describes and runs.
 */
@NullMarked
package io.starling.emitter.cli;

import org.jspecify.annotations.NullMarked;
