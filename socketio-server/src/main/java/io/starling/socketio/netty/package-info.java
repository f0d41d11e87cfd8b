/**
 * HTTP and WebSocket on Netty: how clients reach the Engine.IO sessions of a server. No other
 * package of the module knows Netty.
 *
 * <p>Begin with {@link NettyServer}, which opens the port and sets up each connection. Then read
 * {@code HttpConnection}, which handles the requests of a connection, and {@code EngineIoEndpoint},
 * which brings them to sessions. {@code PollingTransport} and {@code WebSocketTransport} carry the
 * packets of a session.
 *
 * <p>Each connection belongs to one event loop of Netty, and so does each session. A session and
 * its current connection may belong to different loops, as after most upgrades to WebSocket. Then
 * the transport hands packets over from one loop to the other.
 */
@NullMarked
package io.starling.socketio.netty;

import org.jspecify.annotations.NullMarked;
