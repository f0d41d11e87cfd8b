package io.starling.socketio;

import io.starling.protocol.payload.Arguments;

/** Listens to all events of one socket. See {@link Socket#onAny}. */
@FunctionalInterface
public interface AnyEventListener {
  /**
   * Called for each event, on a handler thread.
   *
   * @throws Exception is reported to the {@link SocketIoListener}. The event is handled
   *     nevertheless
   */
  void heard(String event, Arguments arguments) throws Exception;
}
