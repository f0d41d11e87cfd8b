package io.starling.socketio.netty;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.starling.socketio.transport.CompressionThreshold;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Responds with bodies that are worth compressing, in the coding that the client likes best. */
final class BodyCompression {
  /** Leaves every body as it is. */
  static final BodyCompression NONE = new BodyCompression(CompressionThreshold.OFF);

  private final CompressionThreshold threshold;

  BodyCompression(CompressionThreshold threshold) {
    this.threshold = threshold;
  }

  /** Whether a body of this size is compressed for clients that accept it. */
  boolean worthwhile(long bytes) {
    return threshold.reachedBy(bytes);
  }

  /**
   * Responds with status 200. Any thread.
   *
   * @param body with an array; it belongs to the response from now on
   * @param gone runs when the response has left, as in {@link HttpExchange}; or null
   */
  void respond(
      HttpExchange exchange, String contentType, ByteBuffer body, @Nullable Runnable gone) {
    ByteBuffer sent = body;
    if (worthwhile(body.remaining())) {
      exchange.responseHeaders().add(HttpHeaderNames.VARY, "Accept-Encoding");
      Optional<ContentCoding> coding = ContentCoding.of(exchange.requestHeaders());
      if (coding.isPresent()) {
        exchange.responseHeaders().set(HttpHeaderNames.CONTENT_ENCODING, coding.get().text());
        sent = coding.get().encode(body);
      }
    }
    exchange.respond(HttpResponseStatus.OK, contentType, Unpooled.wrappedBuffer(sent), gone);
  }
}
