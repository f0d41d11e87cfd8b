package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames to a channel past its pipeline. Small frames of one turn are copied into one buffer
 * for a client that keeps up, since copying is cheaper than queueing each. Confined to the loop of
 * the channel; on other loops it holds nothing.
 */
final class GatheredWrites {
  /** Frames up to this size are copied behind others of their turn, not queued one by one. */
  private static final int MAX_GATHERED_BYTES = 512;

  private static final int GATHERING_BYTES = 2048;

  // A client for whom more waits does not keep up: its frames share their bytes with others'.
  private static final int MAX_WAITING_WRITES = 4;
  private static final long MAX_WAITING_BYTES = 16 << 10;

  private final Channel channel;
  private final GatheringQuota quota;

  /** The last small frames, not queued at the channel yet. */
  private @Nullable ByteBuf unflushed;

  /** Whether {@link #unflushed} is a buffer made here, which the loop's quota counts. */
  private boolean gathering;

  GatheredWrites(Channel channel, GatheringQuota quota) {
    this.channel = channel;
    this.quota = quota;
  }

  /** How many bytes are not queued yet. */
  int bytes() {
    ByteBuf waiting = unflushed;
    return waiting == null ? 0 : waiting.readableBytes();
  }

  /** Takes a frame, which leaves behind those before it. */
  void write(ByteBuf frame) {
    queue();
    if (frame.readableBytes() <= MAX_GATHERED_BYTES) {
      unflushed = frame;
    } else {
      channel.unsafe().write(frame, channel.voidPromise());
    }
  }

  /** Copies a small frame behind those that are not queued yet, if there are any. */
  boolean gathered(ByteBuf frame) {
    ByteBuf buffer = unflushed;
    int bytes = frame.readableBytes();
    if (buffer == null || bytes > MAX_GATHERED_BYTES) {
      return false;
    }
    if (!gathering || buffer.writableBytes() < bytes) {
      buffer = gather(buffer);
      if (buffer == null) {
        return false;
      }
    }
    buffer.writeBytes(frame, frame.readerIndex(), bytes);
    return true;
  }

  /** A new buffer behind a full one, or with the first frame in it; null when there is none. */
  private @Nullable ByteBuf gather(ByteBuf before) {
    ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
    if (queue == null
        || queue.size() > MAX_WAITING_WRITES
        || queue.totalPendingWriteBytes() > MAX_WAITING_BYTES
        || !quota.has(GATHERING_BYTES)) {
      return null;
    }
    ByteBuf buffer = channel.alloc().directBuffer(GATHERING_BYTES, GATHERING_BYTES);
    quota.take(GATHERING_BYTES);
    if (gathering) {
      queue();
    } else {
      buffer.writeBytes(before);
      before.release();
    }
    unflushed = buffer;
    gathering = true;
    return buffer;
  }

  /** Queues at the channel what is not queued yet. */
  void queue() {
    ByteBuf written = unflushed;
    if (written != null) {
      forget();
      channel.unsafe().write(written, channel.voidPromise());
    }
  }

  /** Drops what is not queued yet. */
  void drop() {
    ReferenceCountUtil.release(unflushed);
    forget();
  }

  private void forget() {
    unflushed = null;
    if (gathering) {
      gathering = false;
      quota.giveBack(GATHERING_BYTES);
    }
  }
}
