/** {@code benchmarks/run}: starts servers and brokers, loads them in turn, and reports. */
@NullMarked
package io.starling.benchmarks.suite;

import org.jspecify.annotations.NullMarked;
