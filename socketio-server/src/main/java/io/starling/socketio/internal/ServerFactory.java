package io.starling.socketio.internal;

import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.SocketIoServerFactory;

/** Creates the server. {@link java.util.ServiceLoader} finds this class for the API package. */
public final class ServerFactory implements SocketIoServerFactory {
  @Override
  public SocketIoServer create(SocketIoServerConfig config) {
    return new DefaultSocketIoServer(config);
  }
}
