/** What a run measured, as tables, plots and raw figures. */
@NullMarked
package io.starling.benchmarks.report;

import org.jspecify.annotations.NullMarked;
