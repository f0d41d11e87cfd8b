package io.starling.benchmarks.suite;

import io.starling.benchmarks.load.Workload;
import io.starling.benchmarks.report.Column;

/**
 * A workload and its place in the report.
 *
 * @param fresh whether each sample needs a server to which no client has connected before
 */
record Trial(Workload workload, Column column, boolean fresh) {}
