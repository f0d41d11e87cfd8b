package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The opening handshake of RFC 6455, which turns an HTTP connection into a WebSocket. The whole
 * handshake happens in one turn of the event loop, so that frames can follow at once in both
 * directions.
 *
 * <p>Netty's {@link WebSocketServerHandshaker13} would install decoder and encoder of its own
 * frames. Its response alone takes 1.6 KB of garbage for each connection, in place of 0.3 KB here.
 */
final class WebSocketUpgrade {
  private static final String RESPONSE =
      """
      HTTP/1.1 101 Switching Protocols\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Accept:\s""";

  private static final int RESPONSE_BYTES = 256;
  private static final int KEY_BYTES = 16;
  private static final int KEY_CHARACTERS = 24;

  private static final ThreadLocal<MessageDigest> SHA1 =
      ThreadLocal.withInitial(WebSocketUpgrade::sha1);

  private WebSocketUpgrade() {}

  /** Whether the request is the opening handshake of a client as RFC 6455, section 4.1 demands. */
  static boolean acceptable(HttpExchange exchange) {
    HttpHeaders request = exchange.requestHeaders();
    return exchange.method().equals("GET")
        && "13".equals(request.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))
        && isKey(request.get(HttpHeaderNames.SEC_WEBSOCKET_KEY, ""))
        && SubprotocolOffer.acceptable(request.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL));
  }

  /** Whether a text is a well-formed key: 16 bytes in Base64. */
  private static boolean isKey(String text) {
    try {
      return text.length() == KEY_CHARACTERS
          && Base64.getDecoder().decode(text).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Writes the response with status 101 and replaces the HTTP handlers by the transport, which can
   * then be written to. The response leaves with the first flush. The transport receives frames
   * only after {@link #startFrames}. Call this method on the channel's loop.
   */
  static void accept(HttpExchange exchange, WebSocketTransport transport) {
    ChannelPipeline pipeline = exchange.channel().pipeline();
    exchange.switchesProtocols();
    if (pipeline.get(ResponseEncoder.class) != null) {
      pipeline.remove(ResponseEncoder.class);
    }
    // The HTTP handler must be gone before the response is written, or it would encode the response
    // again.
    pipeline.replace(HttpConnection.class, "websocket", transport);
    transport.begin(response(exchange));
  }

  /**
   * Lets the transport receive frames, including those that the client sent right behind its
   * request. Call this method on the channel's loop.
   */
  static void startFrames(Channel channel) {
    channel.pipeline().remove(RequestDecoder.class);
  }

  private static ByteBuf response(HttpExchange exchange) {
    String key = exchange.requestHeaders().get(HttpHeaderNames.SEC_WEBSOCKET_KEY, "");
    ByteBuf bytes = exchange.channel().alloc().directBuffer(RESPONSE_BYTES);
    bytes.writeCharSequence(RESPONSE, StandardCharsets.ISO_8859_1);
    bytes.writeCharSequence(answer(key), StandardCharsets.ISO_8859_1);
    if (exchange.hasResponseHeaders()) {
      for (var field : exchange.responseHeaders()) {
        bytes.writeCharSequence(
            "\r\n" + field.getKey() + ": " + field.getValue(), StandardCharsets.ISO_8859_1);
      }
    }
    bytes.writeCharSequence("\r\n\r\n", StandardCharsets.ISO_8859_1);
    return bytes;
  }

  /** The value of {@code Sec-WebSocket-Accept} for a key; RFC 6455, section 4.2.2. */
  private static String answer(String key) {
    String text = key + WebSocketServerHandshaker13.WEBSOCKET_13_ACCEPT_GUID;
    byte[] hashed = SHA1.get().digest(text.getBytes(StandardCharsets.US_ASCII));
    return Base64.getEncoder().encodeToString(hashed);
  }

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
