package io.starling.socketio.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Notices whether the network has taken bytes of a channel since it was last asked. Confined to the
 * channel's event loop.
 */
final class WriteProgress {
  private final Channel channel;

  /** The write that was the first to leave when it was last asked. */
  private @Nullable Object first;

  private long taken;
  private long changes;

  WriteProgress(Channel channel) {
    this.channel = channel;
  }

  /** How often bytes had been taken when it was asked. */
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
