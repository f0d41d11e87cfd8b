package io.starling.manager.redis;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/**
 * Stops and starts reading from one socket. Stands nearest to the socket, because Lettuce turns
 * reading on again with every command. Its state belongs to the channel's event loop.
 */
final class ReadGate extends ChannelOutboundHandlerAdapter {
  private final Channel channel;
  private boolean open = true;

  ReadGate(Channel channel) {
    this.channel = channel;
  }

  /** Any thread; the last call counts. */
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
