package io.starling.socketio;

import io.starling.manager.protocol.Arguments;

/** Handles the events that have no handler of their own. See {@link NamespaceHandlers#onOther}. */
@FunctionalInterface
public interface OtherEventHandler {
  /**
   * Called on a handler thread; events of one socket wait for each other.
   *
   * @param event its name; never a reserved one
   * @param ack to be sent now or later, from any thread
   * @throws Exception reported to the {@link SocketIoListener}; no ack is sent, the socket stays
   */
  void handle(Socket socket, String event, Arguments arguments, Ack ack) throws Exception;
}
