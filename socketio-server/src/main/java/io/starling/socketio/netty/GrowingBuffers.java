package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;

/**
 * Enlarges buffers as data arrives: a full buffer doubles, up to its maximum capacity. Above 4 MiB
 * Netty would enlarge a buffer by 4 MiB at a time only, and each time copy its whole content.
 */
final class GrowingBuffers {
  private GrowingBuffers() {}

  /** Moves the next {@code length} bytes of {@code bytes} to the end of {@code buffer}. */
  static void append(ByteBuf buffer, ByteBuf bytes, int length) {
    reserve(buffer, length);
    buffer.writeBytes(bytes, length);
  }

  /** Makes room in a buffer for {@code length} more bytes. */
  static void reserve(ByteBuf buffer, int length) {
    if (buffer.writableBytes() < length) {
      long least = (long) buffer.writerIndex() + length;
      long doubled = Math.max(least, 2L * buffer.capacity());
      buffer.capacity((int) Math.min(doubled, buffer.maxCapacity()));
    }
  }
}
