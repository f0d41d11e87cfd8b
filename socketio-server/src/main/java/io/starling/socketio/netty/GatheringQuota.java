package io.starling.socketio.netty;

/**
 * Bounds the buffers in which one event loop gathers frames before they are queued: a burst to very
 * many clients must not need one for each. Confined to the loop.
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
