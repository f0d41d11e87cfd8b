package io.starling.socketio;

/**
 * Handles a client that wants to connect, and may refuse it. See {@link
 * NamespaceHandlers#onConnect}.
 */
@FunctionalInterface
public interface ConnectHandler {
  /**
   * Called on a handler thread. The client is refused if this method throws.
   *
   * @throws ConnectRefusedException to refuse the client with a reason that is sent to it
   * @throws Exception refuses the client with a message that does not tell the reason, and is
   *     reported to the {@link SocketIoListener}
   */
  void connect(Socket socket) throws Exception;
}
