package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The opening handshake of RFC 6455, which turns an HTTP connection into a WebSocket. The whole
 * handshake happens in one turn of the event loop, so that frames can follow at once in both
 * directions.
 */
final class WebSocketUpgrade {
  private static final String VERSION = "13";
  private static final int KEY_BYTES = 16;
  private static final byte[] GUID = ascii("258EAFA5-E914-47DA-95CA-C5AB0DC85B11");

  private static final byte[] RESPONSE =
      ascii(
          """
          HTTP/1.1 101 Switching Protocols\r
          Upgrade: websocket\r
          Connection: Upgrade\r
          Sec-WebSocket-Accept:\s""");
  private static final byte[] END = ascii("\r\n\r\n");
  private static final int RESPONSE_BYTES = 256;

  private static final int KEY_CHARACTERS = 24;

  private static final ThreadLocal<Hash> HASH = ThreadLocal.withInitial(Hash::new);

  private WebSocketUpgrade() {}

  /** Whether the request is the opening handshake of a client as RFC 6455, section 4.1 demands. */
  static boolean acceptable(HttpExchange exchange) {
    HttpHeaders request = exchange.requestHeaders();
    return exchange.method().equals("GET")
        && VERSION.equals(request.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))
        && HASH.get().isKey(request.get(HttpHeaderNames.SEC_WEBSOCKET_KEY, ""))
        && SubprotocolOffer.acceptable(request.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL));
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
    ByteBuf response = exchange.channel().alloc().directBuffer(RESPONSE_BYTES);
    response.writeBytes(RESPONSE).writeBytes(HASH.get().of(key));
    if (exchange.hasResponseHeaders()) {
      exchange
          .responseHeaders()
          .forEach(
              field ->
                  response.writeCharSequence(
                      "\r\n" + field.getKey() + ": " + field.getValue(),
                      StandardCharsets.ISO_8859_1));
    }
    return response.writeBytes(END);
  }

  /**
   * Turns keys into the values of {@code Sec-WebSocket-Accept}. Each thread has its own object,
   * because the digest and the arrays are used again for each key.
   */
  private static final class Hash {
    private final MessageDigest sha1 = sha1();
    private final byte[] key = new byte[KEY_CHARACTERS];
    private final byte[] decoded = new byte[KEY_CHARACTERS];
    private final byte[] hashed = new byte[20];
    private final byte[] accept = new byte[28];

    /** Whether a text is a well-formed key: 16 bytes in Base64. */
    boolean isKey(String text) {
      if (text.length() != KEY_CHARACTERS) {
        return false;
      }
      read(text);
      try {
        return Base64.getDecoder().decode(key, decoded) == KEY_BYTES;
      } catch (IllegalArgumentException e) {
        return false;
      }
    }

    /**
     * The value of {@code Sec-WebSocket-Accept} for a key; RFC 6455, section 4.2.2. The array is
     * valid until the next call.
     */
    byte[] of(String text) {
      read(text);
      sha1.update(key);
      sha1.update(GUID);
      try {
        sha1.digest(hashed, 0, hashed.length);
      } catch (DigestException e) {
        throw new IllegalStateException("SHA-1 has 20 bytes", e);
      }
      Base64.getEncoder().encode(hashed, accept);
      return accept;
    }

    private void read(String text) {
      for (int i = 0; i < KEY_CHARACTERS; i++) {
        // A character beyond ASCII becomes 0x7f, which is not a character of Base64 either.
        key[i] = (byte) Math.min(text.charAt(i), 0x7f);
      }
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
