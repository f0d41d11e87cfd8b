/**
 * Writes the results of a run as tables, plots and raw figures. Begin with {@link Report}. It gets
 * an {@link Outcome} for each system and workload; a {@link Figure} is one number that is computed
 * from a sample.
 */
@NullMarked
package io.starling.benchmarks.report;

import org.jspecify.annotations.NullMarked;
