@NullMarked
package io.starling.benchmarks.load;

import org.jspecify.annotations.NullMarked;
