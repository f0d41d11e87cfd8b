package io.starling.socketio;

import io.starling.manager.protocol.Arguments;

/** Hears all events of one socket. See {@link Socket#onAny}. */
@FunctionalInterface
public interface AnyEventListener {
  /**
   * Called on a handler thread.
   *
   * @throws Exception reported to the {@link SocketIoListener}; the event goes its way
   */
  void heard(String event, Arguments arguments) throws Exception;
}
