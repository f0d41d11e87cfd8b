package io.starling.socketio.netty;

/**
 * Bounds the memory of the buffers in which one event loop gathers small frames. Without a bound, a
 * burst of messages to very many clients would take a buffer for each client. Only that event loop
 * uses this object.
 */
final class GatheringQuota {
  static final int MAX_BYTES = 16 << 20;

  private int takenBytes;

  boolean has(int bytes) {
    return takenBytes + bytes <= MAX_BYTES;
  }

  void take(int bytes) {
    takenBytes += bytes;
  }

  void giveBack(int bytes) {
    takenBytes -= bytes;
  }
}
