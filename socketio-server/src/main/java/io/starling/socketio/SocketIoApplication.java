package io.starling.socketio;

/**
 * An application that the server's executable runs. The executable finds it by {@link
 * java.util.ServiceLoader} and calls it before the server listens.
 */
@FunctionalInterface
public interface SocketIoApplication {
  /** Registers namespaces and handlers. If this method throws, the process ends. */
  void configure(SocketIoServer server);
}
