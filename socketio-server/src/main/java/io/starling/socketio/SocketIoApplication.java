package io.starling.socketio;

/**
 * An application for the executable, which finds it by {@link java.util.ServiceLoader} and runs it
 * before the server listens.
 */
@FunctionalInterface
public interface SocketIoApplication {
  /** Declares namespaces and handlers. What it throws ends the process. */
  void configure(SocketIoServer server);
}
