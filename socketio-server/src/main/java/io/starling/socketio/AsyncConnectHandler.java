package io.starling.socketio;

import java.util.concurrent.CompletionStage;

/** A check that takes its time. See {@link NamespaceHandlers#useAsync}. */
@FunctionalInterface
public interface AsyncConnectHandler {
  /**
   * Begins the check, on a handler thread.
   *
   * @return must complete some time, on any thread: the client waits for it. Its failure refuses
   *     the client as an exception thrown here does
   * @throws ConnectRefusedException to tell the client why
   */
  CompletionStage<?> connect(Socket socket) throws Exception;
}
