package io.starling.socketio.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;

/**
 * Writes whose failure shows in the channel's handlers, not in a future: nothing is allocated for
 * them but what Netty queues. From any thread, in order.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class ChannelWrites {
  private ChannelWrites() {}

  static void write(Channel channel, Object message) {
    channel.write(message, channel.voidPromise());
  }

  static void writeAndFlush(Channel channel, Object message) {
    channel.writeAndFlush(message, channel.voidPromise());
  }

  /** Closes the channel after what was written has left. */
  static void closeAfterWrites(Channel channel) {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /** Closes the channel; what has not left is dropped. */
  static void close(Channel channel) {
    channel.close();
  }
}
