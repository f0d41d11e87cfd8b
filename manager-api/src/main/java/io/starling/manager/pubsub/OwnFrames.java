package io.starling.manager.pubsub;

import java.time.Duration;

/**
 * Whether a host hears itself through the broker: when frames for everybody were sent, and when own
 * frames came back. What the broker confirms or refuses plays no part. Frames are sent on the
 * publisher thread and heard on the broker's threads; each method names its thread.
 */
final class OwnFrames {
  /** A frame was sent and no own frame was heard for so long: the host is cut off. */
  static final Duration CUT_OFF_AFTER = Duration.ofSeconds(10);

  /** An own frame that comes back later than this means that the broker cannot keep up. */
  static final Duration LATE_AFTER = Duration.ofSeconds(5);

  private final ManagerThread thread;

  /** Whether a frame was sent since the last own frame was heard. */
  private volatile boolean awaited;

  private volatile boolean receptionPaused;

  /** By the thread's wall clock; what was sent before may have waited for this host. */
  private volatile long resumedMillis = Long.MIN_VALUE;

  /** Whether the last frame that tells it came late. */
  private volatile boolean late;

  /** When the last own frame that came in time was sent, by the thread's wall clock. */
  private volatile long timelySentMillis;

  private volatile long heardNanos;

  /** When an own frame was last heard that was not late. */
  private volatile long timelyNanos;

  /** When the first frame since then was sent; owned by the publisher thread. */
  private long awaitedSinceNanos;

  OwnFrames(ManagerThread thread) {
    this.thread = thread;
    this.heardNanos = thread.nanoTime();
    this.timelyNanos = heardNanos;
    this.awaitedSinceNanos = heardNanos;
  }

  /** A frame for everybody is about to be sent; on the publisher thread. */
  void sending(long nowNanos) {
    if (!awaited) {
      awaitedSinceNanos = nowNanos;
      awaited = true;
    }
  }

  /**
   * An own frame came back, on a thread of the broker.
   *
   * @return whether own frames come late. A frame that waited because this host had paused its
   *     reception says nothing of that: then the answer is the last one
   */
  boolean heard(long sentAtMillis) {
    awaited = false;
    heardNanos = thread.nanoTime();
    if (receptionPaused || sentAtMillis < resumedMillis) {
      return late;
    }
    late = thread.currentTimeMillis() - sentAtMillis > LATE_AFTER.toMillis();
    if (!late) {
      timelyNanos = heardNanos;
      timelySentMillis = sentAtMillis;
    }
    return late;
  }

  /** This host asks its broker for no more frames, or for frames again; any thread. */
  void receptionPaused(boolean on) {
    if (!on) {
      resumedMillis = thread.currentTimeMillis();
    }
    receptionPaused = on;
  }

  boolean isReceptionPaused() {
    return receptionPaused;
  }

  /** Whether a frame was sent and none came back since. */
  boolean isAwaited() {
    return awaited;
  }

  /** Since when a frame is awaited; on the publisher thread. */
  long awaitedSinceNanos() {
    return awaitedSinceNanos;
  }

  /** Whether none came back for too long; on the publisher thread. */
  boolean isCutOff(long nowNanos) {
    return awaited && nowNanos - awaitedSinceNanos >= CUT_OFF_AFTER.toNanos();
  }

  /** A frame that is awaited gets its full time from now on; on the publisher thread. */
  void restart(long nowNanos) {
    awaitedSinceNanos = nowNanos;
  }

  /** When an own frame was last heard in time; any thread. */
  long timelyNanos() {
    return timelyNanos;
  }

  /** When the last own frame that came in time was sent, by the thread's wall clock; any thread. */
  long timelySentMillis() {
    return timelySentMillis;
  }

  /** How long ago an own frame was heard; any thread. */
  Duration age() {
    return Duration.ofNanos(thread.nanoTime() - heardNanos);
  }
}
