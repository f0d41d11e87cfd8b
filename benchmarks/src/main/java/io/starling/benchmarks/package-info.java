/**
 * Benchmarks of Starling and of other Socket.IO servers. Begin with {@link BenchServer}, the server
 * that is measured. Then read {@code load.Load}, the clients that measure it, and {@code
 * suite.RunCommand}, the program that runs all measurements. The report is written by the package
 * {@code report}; {@code micro} has benchmarks of single classes.
 */
@NullMarked
package io.starling.benchmarks;

import org.jspecify.annotations.NullMarked;
