package io.starling.manager.pubsub;

/**
 * Estimates how late the frames of one origin arrive. The clocks of two machines may differ by
 * hours, so the receipt time less the send time of one frame means nothing by itself. The frame
 * with the smallest difference travelled fastest; any other frame is late by the amount that its
 * difference is larger. Only the last 30 to 60 s count, because clocks drift and are set. The
 * caller must hold the lock of the {@link OriginStream} that owns this object.
 */
final class OriginClock {
  /**
   * The smallest difference is kept for the current span of this length and for the span before.
   */
  private static final long SPAN_MILLIS = 30_000;

  private static final long NONE = Long.MAX_VALUE;

  private long spanSinceMillis;
  private long smallest = NONE;
  private long smallestBefore = NONE;

  /**
   * A frame arrived.
   *
   * @param nowMillis a clock of this process that nobody sets
   * @param sentAtMillis when the frame was built, by the origin's clock
   */
  void heard(long nowMillis, long sentAtMillis) {
    if (smallest == NONE || nowMillis - spanSinceMillis > SPAN_MILLIS) {
      smallestBefore = smallest;
      smallest = NONE;
      spanSinceMillis = nowMillis;
    }
    smallest = Math.min(smallest, nowMillis - sentAtMillis);
  }

  /**
   * How many milliseconds later than the fastest recent frame this one arrived; 0 when none was
   * heard.
   */
  long lateMillis(long nowMillis, long sentAtMillis) {
    return smallest == NONE ? 0 : nowMillis - sentAtMillis - Math.min(smallest, smallestBefore);
  }
}
