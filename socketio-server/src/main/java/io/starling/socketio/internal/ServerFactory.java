package io.starling.socketio.internal;

import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.SocketIoServerFactory;

/** Found by {@link java.util.ServiceLoader}. */
public final class ServerFactory implements SocketIoServerFactory {
  @Override
  public SocketIoServer create(SocketIoServerConfig config) {
    return new DefaultSocketIoServer(config);
  }
}
