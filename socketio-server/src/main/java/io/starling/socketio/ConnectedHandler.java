package io.starling.socketio;

/** Hears of a socket that has been let in. See {@link NamespaceHandlers#onConnected}. */
@FunctionalInterface
public interface ConnectedHandler {
  /**
   * Called on a handler thread, before the socket's first event is handled.
   *
   * @throws Exception disconnects the socket, none of whose events is handled then, and is reported
   *     to the {@link SocketIoListener}
   */
  void connected(Socket socket) throws Exception;
}
