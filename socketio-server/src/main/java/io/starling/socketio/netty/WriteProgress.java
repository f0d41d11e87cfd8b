package io.starling.socketio.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Notices whether the network has taken bytes of a channel since the last call of {@link #changes}.
 * Confined to the event loop of the channel.
 */
final class WriteProgress {
  private final Channel channel;

  /**
   * The write at the head of the channel's queue at the last call; null if the queue was empty. It
   * serves for comparison only.
   */
  private @Nullable Object first;

  /** How many bytes of that write had left at the last call. */
  private long taken;

  private long changes;

  WriteProgress(Channel channel) {
    this.channel = channel;
  }

  /**
   * Returns how many calls so far have found a change at the head of the channel's queue. If the
   * network has taken a byte since the last call, the result differs from that of the last call.
   */
  long changes() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    Object current = buffer == null ? null : buffer.current();
    long progress = buffer == null ? 0 : buffer.currentProgress();
    if (current != first || progress != taken) {
      changes++;
      first = current;
      taken = progress;
    }
    return changes;
  }
}
