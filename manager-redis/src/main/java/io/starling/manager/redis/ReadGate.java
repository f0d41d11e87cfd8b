package io.starling.manager.redis;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/**
 * Stops and starts reading from one socket. Stands nearest to it, for Lettuce turns reading on
 * again with every command. Any thread.
 */
final class ReadGate extends ChannelOutboundHandlerAdapter {
  private final Channel channel;
  private volatile boolean open = true;

  ReadGate(Channel channel) {
    this.channel = channel;
  }

  void open(boolean now) {
    open = now;
    channel.config().setAutoRead(now);
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
