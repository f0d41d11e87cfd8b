package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * Answers the requests for some paths. The event loop of the channel calls the handler, so it must
 * not block.
 */
@FunctionalInterface
interface HttpHandler {
  /**
   * Takes the head of a request. The handler may respond at once, or later, after the body is
   * complete.
   *
   * @return what to do with the body of the request
   */
  Body begin(HttpExchange exchange);

  /**
   * What to do with the body of a request that has no response yet.
   *
   * @param maxBytes the greatest length in bytes; a longer body is answered with status 413. With
   *     0, a body of any length is dropped.
   * @param complete takes the body once all of it has arrived; the buffer is valid during the call
   *     only
   * @param abandoned runs instead of {@code complete} if the body is too long or malformed, but not
   *     if the client leaves: see {@link HttpExchange#whenAborted}
   */
  record Body(int maxBytes, Consumer<ByteBuf> complete, Runnable abandoned) {
    /** For a request that has its response: the body is dropped. */
    static final Body DROPPED = new Body(0, body -> {}, () -> {});

    /** For a request whose body is dropped. The action runs once all of the request has arrived. */
    static Body none(Runnable complete) {
      return new Body(0, body -> complete.run(), () -> {});
    }
  }
}
