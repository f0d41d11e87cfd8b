package io.starling.socketio.netty;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;

/** Writes responses as their makers say. */
final class ResponseEncoder extends HttpResponseEncoder {
  /**
   * Leaves {@code Content-Length: 0} in responses of status 204, as the official server writes it:
   * there are browsers that wait for a body without it.
   */
  @Override
  protected void sanitizeHeadersBeforeEncode(HttpResponse response, boolean empty) {
    if (response.status().code() != HttpResponseStatus.NO_CONTENT.code()) {
      super.sanitizeHeadersBeforeEncode(response, empty);
    }
  }
}
