package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/** Answers the requests for some paths. Called on the event loop of the channel. */
@FunctionalInterface
interface HttpHandler {
  /** The head of a request arrived; the handler may respond now or when the body is complete. */
  Body begin(HttpExchange exchange);

  /**
   * What is to happen with the body of a request that was not responded to.
   *
   * @param maxBytes how long it may be; what is longer is answered with 413
   * @param complete gets the body, which stays the caller's
   * @param abandoned runs when it never gets there: too long, or broken
   */
  record Body(int maxBytes, Consumer<ByteBuf> complete, Runnable abandoned) {
    /** For a request that was responded to: the body is read and dropped. */
    static final Body DROPPED = new Body(0, body -> {}, () -> {});

    /** For a request whose body does not matter. */
    static Body none(Runnable complete) {
      return new Body(0, body -> complete.run(), () -> {});
    }
  }
}
