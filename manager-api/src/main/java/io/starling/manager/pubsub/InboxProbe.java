package io.starling.manager.pubsub;

import java.time.Duration;

/**
 * Checks that this host or emitter still receives messages on its own inbox channel, to which it
 * sends a message every few seconds. The inbox counts as deaf when that message does not come back.
 * A host must also have heard own frames on the channel to all meanwhile. If those do not come back
 * either, the whole bus is silent, which is handled elsewhere. Used by the publisher thread, except
 * for {@link #heard}.
 */
final class InboxProbe {
  private final Duration overdue;

  /** Whether no message is on its way: the last one came back, or is no longer waited for. */
  private volatile boolean heard = true;

  private boolean confirmed;
  private long queuedMillis;
  private long confirmedNanos;

  /**
   * Makes a probe.
   *
   * @param overdue a message that did not come back within this time after the broker took it
   *     counts as lost
   */
  InboxProbe(Duration overdue) {
    this.overdue = overdue;
  }

  /** Whether the previous message is settled, so that the next one may be sent. */
  boolean due() {
    return heard;
  }

  /**
   * A message to the own inbox was queued.
   *
   * @param nowMillis the wall clock of the manager thread
   */
  void queued(long nowMillis) {
    heard = false;
    confirmed = false;
    queuedMillis = nowMillis;
  }

  /** The broker took the message to the own inbox. */
  void confirmed(long nowNanos) {
    confirmed = true;
    confirmedNanos = nowNanos;
  }

  /**
   * A frame of this origin arrived in its own inbox, or the message need not be waited for. Any
   * thread.
   */
  void heard() {
    heard = true;
  }

  /**
   * Whether the message to the own inbox is lost.
   *
   * @param timelySentMillis when the latest own frame was sent that came back in time on the
   *     channel to all. If that was before the message to the inbox was queued, the channel to all
   *     may be broken, too, and nothing is decided.
   */
  boolean lost(long nowNanos, long timelySentMillis) {
    return !heard
        && confirmed
        && nowNanos - confirmedNanos >= overdue.toNanos()
        && timelySentMillis >= queuedMillis;
  }
}
