package io.starling.socketio;

import io.starling.manager.protocol.Arguments;
import java.util.concurrent.CompletionStage;

/** Checks the events of one socket and takes its time. See {@link Socket#useAsync}. */
@FunctionalInterface
public interface AsyncEventMiddleware {
  /**
   * Begins the check, on a handler thread.
   *
   * @return must complete some time, on any thread: the socket's next events wait for it, and so do
   *     its disconnect handlers. Its failure refuses the event as an exception thrown here does
   * @throws Exception as {@link EventMiddleware#check}
   */
  CompletionStage<?> check(String event, Arguments arguments) throws Exception;
}
