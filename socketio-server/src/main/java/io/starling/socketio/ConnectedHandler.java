package io.starling.socketio;

/** Handles a socket that has just been connected. See {@link NamespaceHandlers#onConnected}. */
@FunctionalInterface
public interface ConnectedHandler {
  /**
   * Called on a handler thread, before the first event of the socket is handled.
   *
   * @throws Exception disconnects the socket, and is reported to the {@link SocketIoListener}. No
   *     event of the socket is handled then
   */
  void connected(Socket socket) throws Exception;
}
