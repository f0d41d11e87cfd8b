/** HTTP and WebSocket on Netty: the only package that knows Netty. */
@NullMarked
package io.starling.socketio.netty;

import org.jspecify.annotations.NullMarked;
