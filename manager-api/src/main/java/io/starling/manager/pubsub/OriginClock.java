package io.starling.manager.pubsub;

/**
 * How late frames of one origin are. Clocks of two machines may differ by hours, so that the time
 * between sending and receipt means nothing by itself; but the frame for which it is smallest was
 * on its way for the shortest time, and others are late by what they exceed it. Only the last
 * minute counts, because clocks drift and are set. Not safe for several threads.
 */
final class OriginClock {
  /** How long the smallest of the current span is looked for; the span before it counts, too. */
  private static final long SPAN_MILLIS = 30_000;

  private static final long NONE = Long.MAX_VALUE;

  private long spanSinceMillis;
  private long smallest = NONE;
  private long smallestBefore = NONE;

  /**
   * A frame came.
   *
   * @param nowMillis by a clock of this process that nobody sets
   * @param sentAtMillis by the origin's clock
   */
  void heard(long nowMillis, long sentAtMillis) {
    if (smallest == NONE || nowMillis - spanSinceMillis > SPAN_MILLIS) {
      smallestBefore = smallest;
      smallest = NONE;
      spanSinceMillis = nowMillis;
    }
    smallest = Math.min(smallest, nowMillis - sentAtMillis);
  }

  /** How much later than the fastest frame this one is; 0 when no frame was heard. */
  long lateMillis(long nowMillis, long sentAtMillis) {
    return smallest == NONE ? 0 : nowMillis - sentAtMillis - Math.min(smallest, smallestBefore);
  }
}
