package io.starling.socketio;

import java.util.concurrent.CompletionStage;

/**
 * Checks a client that wants to connect, without blocking a thread. See {@link
 * NamespaceHandlers#useAsync}.
 */
@FunctionalInterface
public interface AsyncConnectHandler {
  /**
   * Begins the check. Called on a handler thread.
   *
   * @return completes when the check has passed, on any thread. If the stage fails, the client is
   *     refused as if this method had thrown the failure. The client waits until the stage
   *     completes, so the stage must complete at some time
   * @throws ConnectRefusedException to refuse the client with a reason that is sent to it
   */
  CompletionStage<?> connect(Socket socket) throws Exception;
}
