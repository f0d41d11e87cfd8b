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
 * The opening handshake of RFC 6455: turns an HTTP connection into a WebSocket. All of it happens
 * in one turn of the event loop, so that frames can follow at once in both directions.
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

  /** Whether it is a client's opening handshake (RFC 6455, section 4.1). */
  static boolean acceptable(HttpExchange exchange) {
    HttpHeaders request = exchange.requestHeaders();
    return exchange.method().equals("GET")
        && VERSION.equals(request.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))
        && HASH.get().isKey(request.get(HttpHeaderNames.SEC_WEBSOCKET_KEY, ""))
        && SubprotocolOffer.acceptable(request.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL));
  }

  /**
   * Responds with 101 and puts the transport in the place of HTTP, so that it can be written to.
   * The response leaves with the first flush, and frames arrive after {@link #startFrames}. On the
   * channel's loop.
   */
  static void accept(HttpExchange exchange, WebSocketTransport transport) {
    ChannelPipeline pipeline = exchange.channel().pipeline();
    exchange.switchesProtocols();
    if (pipeline.get(ResponseEncoder.class) != null) {
      pipeline.remove(ResponseEncoder.class);
    }
    // Before the response, which HTTP would encode again.
    pipeline.replace(HttpConnection.class, "websocket", transport);
    transport.begin(response(exchange));
  }

  /** Lets frames in, with those that the client sent behind its request. On the channel's loop. */
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

  /** What a thread needs to turn keys into the values of {@code Sec-WebSocket-Accept}. */
  private static final class Hash {
    private final MessageDigest sha1 = sha1();
    private final byte[] key = new byte[KEY_CHARACTERS];
    private final byte[] decoded = new byte[KEY_CHARACTERS];
    private final byte[] hashed = new byte[20];
    private final byte[] accept = new byte[28];

    /** Whether it is 16 bytes in Base64. */
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

    /** Of a key; RFC 6455, section 4.2.2. Valid until the next call. */
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
        // What is not ASCII is no Base64 either.
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
