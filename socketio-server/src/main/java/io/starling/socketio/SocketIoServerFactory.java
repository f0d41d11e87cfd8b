package io.starling.socketio;

/** How {@link SocketIoServer#create} reaches the implementation, which this package cannot name. */
public interface SocketIoServerFactory {
  /** Makes a server that does not listen yet; opens nothing. */
  SocketIoServer create(SocketIoServerConfig config);
}
