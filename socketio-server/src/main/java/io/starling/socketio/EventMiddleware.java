package io.starling.socketio;

import io.starling.protocol.payload.Arguments;

/** Checks the events of one socket before their handlers are called. See {@link Socket#use}. */
@FunctionalInterface
public interface EventMiddleware {
  /**
   * Checks one event. Called on a handler thread.
   *
   * @throws Exception refuses the event. Its handler is not called, no ack is sent, and the
   *     exception is reported to {@link SocketIoListener#eventRefused}. The socket stays connected
   */
  void check(String event, Arguments arguments) throws Exception;
}
