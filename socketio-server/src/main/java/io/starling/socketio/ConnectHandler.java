package io.starling.socketio;

/**
 * Handles a client that wants to connect, and may refuse it, see {@link
 * NamespaceHandlers#onConnect}; or a socket that has just been connected, see {@link
 * NamespaceHandlers#onConnected}.
 */
@FunctionalInterface
public interface ConnectHandler {
  /**
   * Called on a handler thread. If this method throws, a client that wants to connect is refused,
   * and a socket that has just been connected is disconnected.
   *
   * @throws ConnectRefusedException to refuse the client with a reason that is sent to it
   * @throws Exception refuses the client with a message that does not tell the reason, or
   *     disconnects the socket, and is reported to the {@link SocketIoListener}
   */
  void connect(Socket socket) throws Exception;
}
