package io.starling.socketio.netty;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;

/** Encodes HTTP responses. It keeps a field that Netty would remove. */
final class ResponseEncoder extends HttpResponseEncoder {
  /**
   * Keeps {@code Content-Length: 0} in responses with status 204. The official server sends this
   * field, and without it some browsers wait for a body.
   */
  @Override
  protected void sanitizeHeadersBeforeEncode(HttpResponse response, boolean empty) {
    if (response.status().code() != HttpResponseStatus.NO_CONTENT.code()) {
      super.sanitizeHeadersBeforeEncode(response, empty);
    }
  }
}
