package io.starling.client;

/** Handles a connection that could not be made, see {@link ClientSocket#onConnectError}. */
@FunctionalInterface
public interface ConnectErrorHandler {
  /**
   * Handles one failed attempt. Called on a handler thread.
   *
   * @param error says whether the server refused the client, and with which message and data
   * @throws Exception is reported to the {@link ClientListener}
   */
  void failed(ConnectFailedException error) throws Exception;
}
