/** The bench server: the contract of the load generator on the public API. */
@NullMarked
package io.starling.benchmarks;

import org.jspecify.annotations.NullMarked;
