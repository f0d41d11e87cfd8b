package io.starling.socketio;

import io.starling.protocol.payload.Arguments;

/** Handles the events that have no handler of their own. See {@link NamespaceHandlers#onOther}. */
@FunctionalInterface
public interface OtherEventHandler {
  /**
   * Handles one event. Called on a handler thread. Events of one socket are handled one after the
   * other.
   *
   * @param event the name of the event; never a reserved name
   * @param ack sends the answer, now or later, from any thread
   * @throws Exception is reported to the {@link SocketIoListener}. The server sends no ack by
   *     itself, and the socket stays connected
   */
  void handle(Socket socket, String event, Arguments arguments, Ack ack) throws Exception;
}
