package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Writes the WebSocket frames of one client to its channel, past the pipeline. Small frames of one
 * turn of the event loop are copied into one buffer if the client keeps up, because copying is
 * cheaper than queueing each frame. Only the event loop of the channel writes here. If the session
 * lives on another loop, its frames go through the pipeline instead, and this object stays empty.
 */
final class GatheredWrites {
  /**
   * A frame of up to this size is copied behind earlier frames of the same turn, instead of being
   * queued at the channel by itself.
   */
  private static final int MAX_GATHERED_BYTES = 512;

  /** The capacity of a buffer that gathers small frames. */
  private static final int GATHERING_BYTES = 2048;

  // A client with more writes or bytes queued at its channel does not keep up. Its frames are
  // queued one by one: they share their memory with the same frames of other clients.
  private static final int MAX_WAITING_WRITES = 4;
  private static final long MAX_WAITING_BYTES = 16 << 10;

  private final Channel channel;
  private final GatheringQuota quota;

  /**
   * The last small frame, or the buffer with the last small frames, which is not queued at the
   * channel yet; null if there is none.
   */
  private @Nullable ByteBuf unflushed;

  /**
   * Whether {@link #unflushed} is a buffer of this object, which counts in the quota of the loop,
   * and not a single frame.
   */
  private boolean gathering;

  GatheredWrites(Channel channel, GatheringQuota quota) {
    this.channel = channel;
    this.quota = quota;
  }

  /** How many bytes were written here and are not queued at the channel yet. */
  int bytes() {
    ByteBuf waiting = unflushed;
    return waiting == null ? 0 : waiting.readableBytes();
  }

  /** Takes over a frame, which leaves behind all earlier ones. */
  void write(ByteBuf frame) {
    queue();
    if (frame.readableBytes() <= MAX_GATHERED_BYTES) {
      unflushed = frame;
    } else {
      channel.unsafe().write(frame, channel.voidPromise());
    }
  }

  /**
   * Copies a small frame behind earlier small frames that are not queued yet. The frame stays the
   * caller's. Returns false, and does nothing, if the frame could not be copied; the caller must
   * then write it by itself.
   */
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

  /**
   * Returns a new buffer that holds the first frame, or that follows a full buffer, which is
   * queued. Returns null if the client does not keep up or the quota of the loop is used up.
   */
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

  /** Queues the small frames at the channel that are not queued yet. */
  void queue() {
    ByteBuf written = unflushed;
    if (written != null) {
      forget();
      channel.unsafe().write(written, channel.voidPromise());
    }
  }

  /** Drops the small frames that are not queued yet. */
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
