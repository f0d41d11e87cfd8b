package io.starling.socketio.internal;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What waits for handlers in all connections together. Each counts for itself and tells only when
 * it passes a multiple of 4 KiB, so small events that are taken at once touch nothing shared. Safe
 * for any thread.
 */
final class PendingBytes {
  private static final int CHUNK_BYTES = 4096;

  private final AtomicLong chunks = new AtomicLong();

  /** The sum, without what each connection has above a multiple of 4 KiB. */
  long sum() {
    return chunks.get() * CHUNK_BYTES;
  }

  /**
   * What waits for one connection changed. The changes of a connection may be told in any order.
   */
  void changed(long before, long after) {
    long difference = after / CHUNK_BYTES - before / CHUNK_BYTES;
    if (difference != 0) {
      chunks.addAndGet(difference);
    }
  }
}
