package io.starling.benchmarks.suite;

import io.starling.benchmarks.load.Workload;
import io.starling.benchmarks.report.Column;

/**
 * A workload, and where it stands in the report.
 *
 * @param fresh whether each sample takes a server that nobody connected to before
 */
record Trial(Workload workload, Column column, boolean fresh) {}
