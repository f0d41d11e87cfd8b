package io.starling.socketio;

/** Handles the end of a socket. See {@link NamespaceHandlers#onDisconnect}. */
@FunctionalInterface
public interface DisconnectHandler {
  /**
   * Called on a handler thread after the socket has left its namespace. The rooms and the session
   * of the socket can still be read. Nothing can be sent to the client any more.
   *
   * @throws Exception is reported to the {@link SocketIoListener}. The other handlers are called
   *     nevertheless
   */
  void disconnect(Socket socket, DisconnectReason reason) throws Exception;
}
