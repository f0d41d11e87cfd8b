/**
 * JMH over the public types of the hot paths. Those of types that a package keeps for itself are in
 * that package.
 */
@NullMarked
package io.starling.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
