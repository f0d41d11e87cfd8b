/** The bench server contract on netty-socketio. */
@NullMarked
package io.starling.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
