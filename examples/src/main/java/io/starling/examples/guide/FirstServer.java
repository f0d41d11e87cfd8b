package io.starling.examples.guide;

import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;

/** Guide: a first server. */
public final class FirstServer {
  private FirstServer() {}

  /** Starts the server on a port. */
  public static SocketIoServer start(int port) {
    SocketIoServer server =
        SocketIoServer.create(SocketIoServerConfig.builder().port(port).build());
    server.root().on("hello", String.class, (socket, name, ack) -> ack.send("Hello, " + name));
    server.start();
    return server;
  }
}
