package io.starling.benchmarks.load;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * Builds the masked WebSocket frames of a client (RFC 6455, section 5.2) and gathers them for one
 * write.
 */
final class Frames {
  static final int TEXT = 0x1;
  static final int CLOSE = 0x8;
  static final int PING = 0x9;

  private static final int PONG = 0xa;
  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;
  private static final int GATHERED_BYTES = 1 << 22;

  private final ByteBuffer gathered =
      ByteBuffer.allocateDirect(GATHERED_BYTES).order(ByteOrder.BIG_ENDIAN);
  private final SplittableRandom keys = new SplittableRandom();

  void text(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    header(TEXT, length);
    int key = keys.nextInt();
    gathered.putInt(key);
    int from = gathered.position();
    for (byte[] part : parts) {
      gathered.put(part);
    }
    mask(from, key);
  }

  void pong(byte[] payload) {
    header(PONG, payload.length);
    gathered.putInt(0).put(payload);
  }

  void raw(byte[] bytes) {
    gathered.put(bytes);
  }

  /** The gathered bytes. They must be read before {@link #clear} is called. */
  ByteBuffer take() {
    return gathered.flip();
  }

  void clear() {
    gathered.clear();
  }

  private void header(int opcode, int length) {
    gathered.put((byte) (FIN | opcode));
    if (length < 126) {
      gathered.put((byte) (MASKED | length));
    } else if (length <= 0xffff) {
      gathered.put((byte) (MASKED | 126)).putShort((short) length);
    } else {
      gathered.put((byte) (MASKED | 127)).putLong(length);
    }
  }

  private void mask(int from, int key) {
    int end = gathered.position();
    long wide = ((long) key << Integer.SIZE) | (key & 0xffffffffL);
    int at = from;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      gathered.putLong(at, gathered.getLong(at) ^ wide);
    }
    for (int shift = 24; at < end; at++, shift = (shift + 24) % 32) {
      gathered.put(at, (byte) (gathered.get(at) ^ (key >>> shift)));
    }
  }
}
