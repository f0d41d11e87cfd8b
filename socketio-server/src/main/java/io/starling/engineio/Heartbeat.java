package io.starling.engineio;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When to ping a client and when to give it up. One timer runs at a time: until the next ping, or
 * until the answer is overdue. Confined to the session's loop.
 */
final class Heartbeat {
  private final SessionExecutor loop;
  private final long intervalNanos;
  private final long timeoutNanos;
  private final Runnable ping;
  private final Runnable overdue;

  private SessionExecutor.@Nullable Cancellable timer;
  private long dueNanos;
  private boolean waiting;
  private boolean extended;

  Heartbeat(SessionExecutor loop, EngineIoConfig config, Runnable ping, Runnable overdue) {
    this.loop = loop;
    this.intervalNanos = config.pingInterval().toNanos();
    this.timeoutNanos = config.pingTimeout().toNanos();
    this.ping = ping;
    this.overdue = overdue;
  }

  void start() {
    waiting = false;
    arm(loop.nanoTime() + intervalNanos);
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    waiting = false;
  }

  /** The client answered. */
  void pong() {
    stop();
    start();
  }

  /** Any other packet arrived: it puts the time-out off, but only once for each ping. */
  void heard() {
    if (waiting && !extended) {
      extended = true;
      stop();
      waiting = true;
      arm(loop.nanoTime() + timeoutNanos);
    }
  }

  /** Whether the answer is overdue, though the timer may not have fired yet. */
  boolean expired() {
    return waiting && loop.nanoTime() - dueNanos >= 0;
  }

  private void arm(long atNanos) {
    dueNanos = atNanos;
    timer = loop.schedule(Duration.ofNanos(atNanos - loop.nanoTime()), this::fire);
  }

  private void fire() {
    if (waiting) {
      stop();
      overdue.run();
      return;
    }
    waiting = true;
    extended = false;
    arm(lateness() < timeoutNanos / 2 ? dueNanos + timeoutNanos : loop.nanoTime() + timeoutNanos);
    ping.run();
  }

  /**
   * A late ping does not move the deadline, which stays exact, but while a loop stood still clients
   * could not answer: they have half of their time at least.
   */
  private long lateness() {
    return loop.nanoTime() - dueNanos;
  }
}
