package io.starling.socketio.netty;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.starling.socketio.transport.CompressionThreshold;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sends HTTP responses. A body that is large enough is compressed in the coding that the client
 * prefers.
 */
final class BodyCompression {
  /** Compresses no body. */
  static final BodyCompression NONE = new BodyCompression(CompressionThreshold.OFF);

  private final CompressionThreshold threshold;

  BodyCompression(CompressionThreshold threshold) {
    this.threshold = threshold;
  }

  /** Whether a body of this size is compressed, provided that the client accepts a coding. */
  boolean worthwhile(long bytes) {
    return threshold.reachedBy(bytes);
  }

  /**
   * Responds with status 200. Any thread may call this method.
   *
   * @param body must have an accessible array; the response owns the buffer from now on
   * @param gone runs once the response has left for the network or can no longer leave, on the
   *     event loop of the channel; null if nothing is to run
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
