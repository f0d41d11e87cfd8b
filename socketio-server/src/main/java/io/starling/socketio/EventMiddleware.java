package io.starling.socketio;

import io.starling.manager.protocol.Arguments;

/** Checks the events of one socket before their handlers. See {@link Socket#use}. */
@FunctionalInterface
public interface EventMiddleware {
  /**
   * Called on a handler thread.
   *
   * @throws Exception refuses the event: no handler is called, no ack is sent, {@link
   *     SocketIoListener#eventRefused} hears of it, the socket stays
   */
  void check(String event, Arguments arguments) throws Exception;
}
