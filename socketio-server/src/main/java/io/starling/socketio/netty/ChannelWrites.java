package io.starling.socketio.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;

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

  /** Runs a task on the channel's event loop when the message has left, or never will. */
  static void writeAndFlush(Channel channel, Object message, Runnable gone) {
    channel.writeAndFlush(message).addListener(written -> gone.run());
  }

  /** Closes the channel after what was written has left. */
  static void closeAfterWrites(Channel channel) {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /** How many bytes were written and have not left. On the channel's event loop. */
  static long unsent(Channel channel) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
  }

  /** Closes the channel; what has not left is dropped. */
  static void close(Channel channel) {
    channel.close();
  }
}
