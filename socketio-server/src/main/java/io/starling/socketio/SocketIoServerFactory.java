package io.starling.socketio;

/** How {@link SocketIoServer#create} reaches the implementation, which this package cannot name. */
public interface SocketIoServerFactory {
  SocketIoServer create(SocketIoServerConfig config);
}
