/**
 * The program behind {@code benchmarks/run}. It starts servers and brokers, puts the same load on
 * one system after the other, and writes a report. Begin with {@link RunCommand}; {@code Plan}
 * chooses what is measured, and {@code Runner} measures it.
 */
@NullMarked
package io.starling.benchmarks.suite;

import org.jspecify.annotations.NullMarked;
