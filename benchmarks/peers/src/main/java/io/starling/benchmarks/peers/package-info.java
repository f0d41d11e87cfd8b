/**
 * A bench server on another Socket.IO library for Java, for comparison. It handles the same events
 * as Starling's bench server; {@link NettySocketIoServer} is the only class.
 */
@NullMarked
package io.starling.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
