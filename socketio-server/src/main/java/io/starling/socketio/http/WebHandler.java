package io.starling.socketio.http;

import java.util.concurrent.CompletionStage;

/** Answers HTTP requests that are neither for an endpoint nor for a file. */
@FunctionalInterface
public interface WebHandler {
  /**
   * Answers one request. Called on a handler thread, for several requests at a time; may block. The
   * requests of one connection are handled one after the other.
   *
   * @return completes with the response, on any thread
   * @throws Exception answered with status 500, as is a stage that fails; the client learns nothing
   *     of the reason, the listener hears of it
   */
  CompletionStage<WebResponse> handle(WebRequest request) throws Exception;
}
