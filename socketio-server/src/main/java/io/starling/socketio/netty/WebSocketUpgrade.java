package io.starling.socketio.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import java.nio.charset.StandardCharsets;
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
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private static final ThreadLocal<MessageDigest> SHA1 =
      ThreadLocal.withInitial(WebSocketUpgrade::sha1);

  private WebSocketUpgrade() {}

  /** Whether it is a client's opening handshake (RFC 6455, section 4.1). */
  static boolean acceptable(HttpExchange exchange) {
    HttpHeaders request = exchange.requestHeaders();
    try {
      byte[] key = Base64.getDecoder().decode(request.get(HttpHeaderNames.SEC_WEBSOCKET_KEY, ""));
      return exchange.method().equals("GET")
          && key.length == KEY_BYTES
          && VERSION.equals(request.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Responds with 101 and puts the transport in the place of HTTP, so that it can be written to.
   * Frames arrive after {@link #startFrames}. On the channel's loop.
   */
  static void accept(HttpExchange exchange, WebSocketTransport transport, int maxPayloadBytes) {
    String key = exchange.requestHeaders().get(HttpHeaderNames.SEC_WEBSOCKET_KEY, "");
    exchange
        .responseHeaders()
        .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderNames.UPGRADE)
        .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, accept(key));
    Channel channel = exchange.channel();
    exchange.switchProtocols();
    ChannelPipeline pipeline = channel.pipeline();
    WebSocketDecoderConfig decoding =
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(maxPayloadBytes)
            .closeOnProtocolViolation(false)
            .allowExtensions(transport.deflates())
            .build();
    pipeline.replace(HttpConnection.class, "websocket", transport);
    pipeline.addBefore("websocket", "frames", new WebSocket13FrameDecoder(decoding));
    pipeline.addBefore("websocket", "messages", new WebSocketFrameAggregator(maxPayloadBytes));
    if (transport.deflates()) {
      pipeline.addBefore("messages", "bits", new ReservedBits());
      pipeline.addBefore("websocket", "inflater", new MessageInflater(maxPayloadBytes));
    }
    pipeline.remove(ResponseEncoder.class);
  }

  /** Lets frames in, with those that the client sent behind its request. On the channel's loop. */
  static void startFrames(Channel channel) {
    channel.pipeline().remove(HttpRequestDecoder.class);
  }

  private static String accept(String key) {
    byte[] digest = SHA1.get().digest((key.strip() + GUID).getBytes(StandardCharsets.US_ASCII));
    return Base64.getEncoder().encodeToString(digest);
  }

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
