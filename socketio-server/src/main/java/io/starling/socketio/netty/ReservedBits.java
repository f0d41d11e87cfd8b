package io.starling.socketio.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/**
 * Refuses frames with bits that permessage-deflate does not define: it has the first, of the first
 * frame of a message, and no other.
 */
final class ReservedBits extends ChannelInboundHandlerAdapter {
  static final int COMPRESSED = 0b100;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof WebSocketFrame frame && frame.rsv() != 0) {
      boolean first = frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame;
      if (!first || frame.rsv() != COMPRESSED) {
        frame.release();
        context.fireExceptionCaught(
            new CorruptedWebSocketFrameException(
                WebSocketCloseStatus.PROTOCOL_ERROR, "frame: reserved bits (expected: none)"));
        return;
      }
    }
    context.fireChannelRead(message);
  }
}
