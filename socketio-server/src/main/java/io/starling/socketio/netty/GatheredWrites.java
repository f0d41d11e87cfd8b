package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Writes the WebSocket frames of one client to its channel, past the pipeline. Small frames of one
 * turn of the event loop are copied into one buffer if the client keeps up, because copying is
 * cheaper than queueing each frame. With TLS, or if the session lives on another event loop than
 * the channel, all frames go through the pipeline instead, and nothing is gathered.
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
  private final NettyLoop loop;

  /** Whether no handler in the pipeline changes what is written, as TLS would. */
  private final boolean plain;

  /**
   * The last small frame, or the buffer with the last small frames, which is not queued at the
   * channel yet; null if there is none.
   */
  private @Nullable ByteBuf unflushed;

  /**
   * Whether {@link #unflushed} is a buffer of this object, whose memory the loop counts, and not a
   * single frame.
   */
  private boolean gathering;

  GatheredWrites(Channel channel, NettyLoop loop) {
    this.channel = channel;
    this.loop = loop;
    this.plain = channel.pipeline().get(SslHandler.class) == null;
  }

  /** How many bytes were written and have not left for the network. */
  long bytes() {
    ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
    ByteBuf waiting = unflushed;
    return (queue == null ? 0 : queue.totalPendingWriteBytes())
        + (waiting == null ? 0 : waiting.readableBytes());
  }

  /** Takes over a frame and writes it. */
  void write(ByteBuf frame) {
    if (unflushed != null && gathered(unflushed, frame)) {
      frame.release();
    } else {
      send(frame);
    }
  }

  /** Writes a frame that stays the caller's. */
  void writeShared(ByteBuf frame) {
    if (unflushed == null || !gathered(unflushed, frame)) {
      send(frame.retainedDuplicate());
    }
  }

  private void send(ByteBuf frame) {
    if (!direct()) {
      ChannelWrites.write(channel, frame);
      return;
    }
    queue();
    if (frame.readableBytes() <= MAX_GATHERED_BYTES) {
      unflushed = frame;
    } else {
      channel.unsafe().write(frame, channel.voidPromise());
    }
  }

  private boolean direct() {
    return plain && loop.inLoop();
  }

  /** Whether a flush is just a system call that reaches the network at once. */
  boolean flushesAtOnce() {
    return direct() && !NativeIo.flushesLater(channel);
  }

  void flush() {
    if (direct()) {
      queue();
      channel.unsafe().flush();
    } else {
      channel.flush();
    }
  }

  /**
   * Copies a small frame behind earlier small frames that are not queued yet. Returns false, and
   * does nothing, if the frame could not be copied; then it must be written by itself.
   */
  private boolean gathered(ByteBuf before, ByteBuf frame) {
    ByteBuf buffer = before;
    int bytes = frame.readableBytes();
    if (bytes > MAX_GATHERED_BYTES) {
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
   * queued. Returns null if the client does not keep up, or if the buffers of the loop take too
   * much memory.
   */
  private @Nullable ByteBuf gather(ByteBuf before) {
    ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
    if (queue == null
        || queue.size() > MAX_WAITING_WRITES
        || queue.totalPendingWriteBytes() > MAX_WAITING_BYTES
        || !loop.takeGathering(GATHERING_BYTES)) {
      return null;
    }
    ByteBuf buffer = channel.alloc().directBuffer(GATHERING_BYTES, GATHERING_BYTES);
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
  private void queue() {
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
      loop.giveBackGathering(GATHERING_BYTES);
    }
  }
}
