package io.starling.socketio;

import io.starling.protocol.payload.Arguments;

/** Handles an event that the server of another host sent. See {@link Namespace#onServerEvent}. */
@FunctionalInterface
public interface ServerEventHandler {
  /**
   * Handles one event. Called on a handler thread. The server events of one namespace are handled
   * one after the other.
   *
   * @param reply sends the answer, now or later, from any thread
   * @throws Exception is reported to the {@link SocketIoListener}. If the sender waits for a reply,
   *     it is told at once that this host has none
   */
  void handle(Arguments arguments, Ack reply) throws Exception;
}
