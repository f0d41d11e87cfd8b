package io.starling.socketio;

/** Hears of a socket that has left its namespace. See {@link Namespace#onDisconnect}. */
@FunctionalInterface
public interface DisconnectHandler {
  /**
   * Called on a handler thread. The socket's rooms and session are still there; nothing can be sent
   * to it any more.
   *
   * @throws Exception reported to the {@link SocketIoListener}
   */
  void disconnect(Socket socket, DisconnectReason reason) throws Exception;
}
