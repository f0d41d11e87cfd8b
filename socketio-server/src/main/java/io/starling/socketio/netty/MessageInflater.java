package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/** Decompresses whole messages. */
final class MessageInflater extends ChannelInboundHandlerAdapter {
  private final int maxBytes;

  MessageInflater(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof WebSocketFrame frame) || frame.rsv() != ReservedBits.COMPRESSED) {
      context.fireChannelRead(message);
      return;
    }
    ByteBuf content;
    try {
      content = MessageDeflate.inflate(frame.content(), maxBytes, context.alloc());
    } catch (TooLongFrameException | CorruptedWebSocketFrameException e) {
      context.fireExceptionCaught(e);
      return;
    } finally {
      frame.release();
    }
    context.fireChannelRead(
        frame instanceof TextWebSocketFrame
            ? new TextWebSocketFrame(content)
            : new BinaryWebSocketFrame(content));
  }
}
