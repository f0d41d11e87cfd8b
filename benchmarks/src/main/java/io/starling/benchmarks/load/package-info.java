/**
 * The load generator: Socket.IO clients over WebSocket on one thread, which check every delivery.
 */
@NullMarked
package io.starling.benchmarks.load;

import org.jspecify.annotations.NullMarked;
