package io.starling.socketio.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Notices whether the network has taken bytes of a channel since the last question. Confined to the
 * event loop of the channel.
 */
final class WriteProgress {
  private final Channel channel;

  /**
   * The write at the head of the channel's queue at the last question; null if the queue was empty.
   * It serves for comparison only.
   */
  private @Nullable Object first;

  /** How many bytes of the write at the head had left at the last question. */
  private long taken;
  private long changes;

  WriteProgress(Channel channel) {
    this.channel = channel;
  }

  /**
   * How many questions so far have found that something changed in the queue's head. If the network
   * has taken a byte since the last question, the number is another one.
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
