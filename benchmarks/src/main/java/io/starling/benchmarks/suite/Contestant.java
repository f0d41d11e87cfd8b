package io.starling.benchmarks.suite;

import java.util.List;
import java.util.function.IntFunction;

/**
 * A system that is measured.
 *
 * @param command makes the command that starts a bench server on a given port
 */
record Contestant(String name, IntFunction<List<String>> command) {}
