package io.starling.benchmarks.suite;

import io.starling.benchmarks.load.Workload;
import io.starling.benchmarks.report.Column;

/** A workload, and where it stands in the report. */
record Trial(Workload workload, Column column) {}
