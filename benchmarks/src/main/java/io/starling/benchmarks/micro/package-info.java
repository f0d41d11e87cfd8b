/**
 * JMH benchmarks of the public classes that every event passes through. Begin with {@link
 * RoomsBenchmark} and {@link DecodeBenchmark}. Benchmarks of classes that are private to a package
 * are in a package of the same name as that class.
 */
@NullMarked
package io.starling.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
