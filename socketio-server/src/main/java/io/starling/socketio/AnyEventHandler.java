package io.starling.socketio;

import io.starling.protocol.payload.Arguments;

/**
 * Looks at all events of one socket before their handlers are called: as a check, see {@link
 * Socket#use}, or as a listener, see {@link Socket#onAny}.
 */
@FunctionalInterface
public interface AnyEventHandler {
  /**
   * Handles one event. Called on a handler thread.
   *
   * @throws Exception of a check refuses the event: its handler is not called, no ack is sent, and
   *     the exception is reported to {@link SocketIoListener#eventRefused}. The exception of a
   *     listener is reported to {@link SocketIoListener#handlerFailed}, and the event is handled
   *     nevertheless. The socket stays connected
   */
  void handle(String event, Arguments arguments) throws Exception;
}
