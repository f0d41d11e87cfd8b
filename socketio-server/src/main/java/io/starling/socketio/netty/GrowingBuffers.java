package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;

/**
 * Buffers that grow with what arrives. Above 4 MiB Netty lets a buffer grow by 4 MiB at a time, and
 * each time copies all that is in it; here it doubles, up to its greatest capacity.
 */
final class GrowingBuffers {
  private GrowingBuffers() {}

  /** Moves the next bytes of a buffer behind those of another. */
  static void append(ByteBuf buffer, ByteBuf bytes, int length) {
    reserve(buffer, length);
    buffer.writeBytes(bytes, length);
  }

  /** Makes room for so many bytes more. */
  static void reserve(ByteBuf buffer, int length) {
    if (buffer.writableBytes() < length) {
      long least = (long) buffer.writerIndex() + length;
      long doubled = Math.max(least, 2L * buffer.capacity());
      buffer.capacity((int) Math.min(doubled, buffer.maxCapacity()));
    }
  }
}
