package io.starling.manager.pubsub;

import java.time.Duration;

/**
 * Records whether this host hears itself through the broker: when it sent frames on the channel to
 * all, and when these frames came back. Whether the broker confirmed or refused a frame does not
 * matter here. Frames are sent on the publisher thread and come back on the broker's threads; each
 * method names its thread.
 */
final class OwnFrames {
  /** A host that has sent a frame and heard no own frame for this time counts as cut off. */
  static final Duration CUT_OFF_AFTER = Duration.ofSeconds(10);

  /** When an own frame takes longer than this to come back, the broker cannot keep up. */
  static final Duration LATE_AFTER = Duration.ofSeconds(5);

  private final ManagerThread thread;

  /** Whether a frame was sent since the last own frame came back. */
  private volatile boolean awaited;

  /** Whether this host has asked the broker to deliver no frames. */
  private volatile boolean receptionPaused;

  /**
   * When reception last resumed after a pause, by the wall clock of the manager thread. An older
   * frame may have been late because of that pause.
   */
  private volatile long resumedMillis = Long.MIN_VALUE;

  /**
   * Whether the last own frame was late. Frames that waited for a pause of this host do not count.
   */
  private volatile boolean late;

  /**
   * When the latest own frame that came back in time was sent, by the wall clock of the manager
   * thread.
   */
  private volatile long timelySentMillis;

  /** When an own frame last came back, late or not. */
  private volatile long heardNanos;

  /** When an own frame last came back in time. */
  private volatile long timelyNanos;

  /** When the oldest frame was sent that is awaited. Only the publisher thread uses this field. */
  private long awaitedSinceNanos;

  OwnFrames(ManagerThread thread) {
    this.thread = thread;
    this.heardNanos = thread.nanoTime();
    this.timelyNanos = heardNanos;
    this.awaitedSinceNanos = heardNanos;
  }

  /** A frame to all is about to be sent. Publisher thread only. */
  void sending(long nowNanos) {
    if (!awaited) {
      awaitedSinceNanos = nowNanos;
      awaited = true;
    }
  }

  /**
   * An own frame came back. Called on the broker's threads.
   *
   * @param sentAtMillis when the frame was built, by the wall clock of the manager thread
   * @return whether own frames come back late. A frame that may have waited for a pause of this
   *     host does not tell; then the previous result is returned.
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

  /** Whether own frames come back late. */
  boolean isLate() {
    return late;
  }

  /**
   * This host paused or resumed its reception. Any thread.
   *
   * @param on true for a pause
   */
  void receptionPaused(boolean on) {
    if (!on) {
      resumedMillis = thread.currentTimeMillis();
    }
    receptionPaused = on;
  }

  boolean isReceptionPaused() {
    return receptionPaused;
  }

  /** Whether a frame was sent and no own frame has come back since. */
  boolean isAwaited() {
    return awaited;
  }

  /**
   * When the oldest awaited frame was sent. Has a meaning only while {@link #isAwaited()}.
   * Publisher thread only.
   */
  long awaitedSinceNanos() {
    return awaitedSinceNanos;
  }

  /** Whether no own frame has come back for {@link #CUT_OFF_AFTER}. Publisher thread only. */
  boolean isCutOff(long nowNanos) {
    return awaited && nowNanos - awaitedSinceNanos >= CUT_OFF_AFTER.toNanos();
  }

  /** Restarts the wait for an awaited frame. Publisher thread only. */
  void restart(long nowNanos) {
    awaitedSinceNanos = nowNanos;
  }

  /** When an own frame last came back in time, by {@link ManagerThread#nanoTime}. Any thread. */
  long timelyNanos() {
    return timelyNanos;
  }

  /**
   * When the latest own frame that came back in time was sent, by the wall clock of the manager
   * thread. Any thread.
   */
  long timelySentMillis() {
    return timelySentMillis;
  }

  /** How long ago an own frame last came back, late or not. Any thread. */
  Duration age() {
    return Duration.ofNanos(thread.nanoTime() - heardNanos);
  }
}
