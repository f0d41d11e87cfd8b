package io.starling.socketio.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * Writes to channels and closes them, for callers that need no future of the result. Any thread may
 * call these methods, unless one says otherwise; the calls of one thread take effect in their
 * order.
 *
 * <p>A write without a task uses Netty's void promise: Netty allocates only the entry of its queue,
 * and a failure reaches {@code exceptionCaught} of the channel's handlers.
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

  /**
   * Writes and flushes a message. The task runs on the channel's event loop once the message has
   * left for the network or can no longer leave.
   */
  static void writeAndFlush(Channel channel, Object message, Runnable gone) {
    channel.writeAndFlush(message).addListener(written -> gone.run());
  }

  /** Closes the channel once all earlier writes have left for the network. */
  static void closeAfterWrites(Channel channel) {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /**
   * How many bytes were written and have not left for the network, including what Netty adds to its
   * count for each write. Call this method on the channel's event loop only.
   */
  static long unsent(Channel channel) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
  }

  /** Closes the channel. Writes that have not left for the network are dropped. */
  static void close(Channel channel) {
    channel.close();
  }
}
