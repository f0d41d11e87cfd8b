package io.starling.socketio;

import io.starling.protocol.payload.Arguments;
import java.util.concurrent.CompletionStage;

/** Checks the events of one socket, without blocking a thread. See {@link Socket#useAsync}. */
@FunctionalInterface
public interface AsyncEventMiddleware {
  /**
   * Begins the check of one event. Called on a handler thread.
   *
   * @return completes when the check has passed, on any thread. If the stage fails, the event is
   *     refused as if this method had thrown the failure. The next events and the disconnect
   *     handlers of the socket wait until the stage completes, so the stage must complete at some
   *     time
   * @throws Exception refuses the event, as in {@link AnyEventHandler#handle}
   */
  CompletionStage<?> check(String event, Arguments arguments) throws Exception;
}
