package io.starling.socketio.http;

import java.util.concurrent.CompletionStage;

/**
 * The application's handler of HTTP requests that are neither for a Socket.IO endpoint nor for a
 * static file that exists.
 */
@FunctionalInterface
public interface WebHandler {
  /**
   * Answers one request. The call comes on a handler thread and may block. Requests of different
   * connections are handled at the same time; those of one connection one after the other.
   *
   * @return a stage that completes with the response, on any thread
   * @throws Exception if the request fails. The client then gets status 500 without the reason, and
   *     the server's listener gets the exception. A stage that fails has the same effect.
   */
  CompletionStage<WebResponse> handle(WebRequest request) throws Exception;
}
