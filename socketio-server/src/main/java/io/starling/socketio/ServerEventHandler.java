package io.starling.socketio;

import io.starling.manager.protocol.Arguments;

/** Handles an event that the server of another host sent. */
@FunctionalInterface
public interface ServerEventHandler {
  /**
   * Called on a handler thread; the server events of one namespace wait for each other.
   *
   * @param reply to be sent now or later, from any thread
   * @throws Exception reported to the {@link SocketIoListener}; who waits is told at once that this
   *     host has no answer
   */
  void handle(Arguments arguments, Ack reply) throws Exception;
}
