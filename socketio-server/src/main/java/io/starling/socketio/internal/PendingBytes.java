package io.starling.socketio.internal;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A sum of bytes over all connections. Each connection counts its own bytes and changes the shared
 * sum only when its count passes a multiple of 4 KiB. So small events that are handled at once
 * cause no contention. Safe for any thread.
 */
final class PendingBytes {
  private static final int CHUNK_BYTES = 4096;

  private final AtomicLong chunks = new AtomicLong();

  /** The sum in bytes, in which each connection counts rounded down to a multiple of 4 KiB. */
  long sum() {
    return chunks.get() * CHUNK_BYTES;
  }

  /**
   * The bytes of one connection changed. The changes of a connection may be reported in any order.
   */
  void changed(long before, long after) {
    long difference = after / CHUNK_BYTES - before / CHUNK_BYTES;
    if (difference != 0) {
      chunks.addAndGet(difference);
    }
  }
}
