/**
 * The load generator: Socket.IO clients over WebSocket, all on one thread, that check every
 * delivery. Begin with {@link Load}, which connects the clients of a {@link Workload} and returns a
 * {@link Sample} for each measurement. {@code Client} speaks the protocol; a {@code Traffic}
 * decides what the clients send.
 */
@NullMarked
package io.starling.benchmarks.load;

import org.jspecify.annotations.NullMarked;
