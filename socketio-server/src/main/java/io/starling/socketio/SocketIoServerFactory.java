package io.starling.socketio;

/**
 * Creates the implementation of {@link SocketIoServer}. It is a service, since this package does
 * not depend on the package of the implementation.
 */
public interface SocketIoServerFactory {
  /** Creates a server that does not listen yet. No port and no connection is opened. */
  SocketIoServer create(SocketIoServerConfig config);
}
