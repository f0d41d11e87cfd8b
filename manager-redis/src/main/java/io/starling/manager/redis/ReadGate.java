package io.starling.manager.redis;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/**
 * A Netty handler that stops and starts reading from one socket. It must be the first handler of
 * the pipeline, next to the socket, because Lettuce turns reading on again with every command. Only
 * the event loop of the channel reads and writes its state.
 */
final class ReadGate extends ChannelOutboundHandlerAdapter {
  private final Channel channel;
  private boolean open = true;

  ReadGate(Channel channel) {
    this.channel = channel;
  }

  /** Starts ({@code true}) or stops reading. Any thread; the last call wins. */
  void open(boolean now) {
    channel
        .eventLoop()
        .execute(
            () -> {
              open = now;
              channel.config().setAutoRead(now);
            });
  }

  @Override
  public void read(ChannelHandlerContext context) {
    if (open) {
      context.read();
    } else {
      channel.config().setAutoRead(false);
    }
  }
}
