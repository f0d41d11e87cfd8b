package io.starling.manager.pubsub;

import java.time.Duration;

/**
 * Whether what is sent to this host's own inbox comes back. One message to the inbox goes out with
 * each heartbeat. The inbox counts as deaf only while the channel to all works: a whole bus that is
 * silent is another fault. Owned by the publisher thread but for {@link #heard}.
 */
final class InboxProbe {
  /** So long after the broker took the message, it will not come back any more. */
  private static final Duration OVERDUE = Duration.ofSeconds(3);

  private volatile boolean heard = true;
  private boolean confirmed;
  private long queuedMillis;
  private long confirmedNanos;

  /** Whether the message before came back, so that another may follow. */
  boolean due() {
    return heard;
  }

  /** The message is queued, at this time of the thread's wall clock. */
  void queued(long nowMillis) {
    heard = false;
    confirmed = false;
    queuedMillis = nowMillis;
  }

  /** The broker took the message. */
  void confirmed(long nowNanos) {
    confirmed = true;
    confirmedNanos = nowNanos;
  }

  /** A frame of this host's came to its inbox, or the message is not waited for; any thread. */
  void heard() {
    heard = true;
  }

  /**
   * Whether the message is lost.
   *
   * @param timelySentMillis when the frame was sent with which this host last heard itself in time
   *     on the channel to all. The channel to all is known to work only if that was after the
   *     message to the inbox
   */
  boolean lost(long nowNanos, long timelySentMillis) {
    return !heard
        && confirmed
        && nowNanos - confirmedNanos >= OVERDUE.toNanos()
        && timelySentMillis >= queuedMillis;
  }
}
