package io.starling.socketio.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** Decodes HTTP requests, and tells when bytes arrive. */
final class RequestDecoder extends HttpRequestDecoder {
  private static final int MAX_HEAD_BYTES = 16 * 1024;
  private static final HttpDecoderConfig CONFIG =
      new HttpDecoderConfig()
          .setMaxInitialLineLength(MAX_HEAD_BYTES)
          .setMaxHeaderSize(MAX_HEAD_BYTES);

  private final Runnable arriving;

  /**
   * A decoder for one connection.
   *
   * @param arriving runs each time before arrived bytes are decoded
   */
  RequestDecoder(Runnable arriving) {
    super(CONFIG);
    this.arriving = arriving;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
    arriving.run();
    super.channelRead(ctx, bytes);
  }
}
