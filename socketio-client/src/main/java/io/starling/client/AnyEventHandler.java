package io.starling.client;

import io.starling.protocol.payload.Arguments;

/**
 * Looks at all events of one socket before their handlers are called, see {@link
 * ClientSocket#onAny}.
 */
@FunctionalInterface
public interface AnyEventHandler {
  /**
   * Handles one event. Called on a handler thread.
   *
   * @throws Exception is reported to the {@link ClientListener}, and the event is handled
   *     nevertheless
   */
  void handle(String event, Arguments arguments) throws Exception;
}
