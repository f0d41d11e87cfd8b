/**
 * HTTP and WebSocket on Netty: how clients reach the Engine.IO sessions of a server. No other
 * package of the module knows Netty.
 *
 * <p>Begin with {@link NettyServer}, which opens the port and sets up each connection. Then read
 * {@code HttpConnection}, which handles the requests of a connection, and {@code EngineIoEndpoint},
 * which brings them to sessions. {@code PollingTransport} and {@code WebSocketTransport} carry the
 * packets of a session.
 *
 * <p>An event loop of Netty owns each connection, and one owns each session. These are different
 * loops if the client has moved its session to a connection of another loop; the transports hand
 * over between the two.
 */
@NullMarked
package io.starling.socketio.netty;

import org.jspecify.annotations.NullMarked;
