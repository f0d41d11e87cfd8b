package io.starling.manager.redis;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Finds out, on the publishing side, that the subscribing connection of this host leads to another
 * server than the publishing one. That happens after a failover, and when an address has moved: the
 * old server still answers, but nobody publishes there any more. Safe for any thread.
 *
 * <p>Both signs may be false behind a proxy. Therefore each sign makes at most {@link #MOST}
 * connections be left until it says once that all is well.
 */
final class SubscriberWatch {
  private static final int MOST = 4;

  /** The newest prepared subscribing connection, which may be lost by now; null before it. */
  private volatile @Nullable RedisSubscriber newest;

  /**
   * The connection that was left last. Many frames may be in flight when it is left, and all of
   * them together are one sign.
   */
  private final AtomicReference<@Nullable RedisSubscriber> left = new AtomicReference<>();

  private final AtomicInteger unheard = new AtomicInteger();
  private final AtomicInteger differing = new AtomicInteger();

  void prepared(RedisSubscriber subscriber) {
    newest = subscriber;
  }

  private @Nullable RedisSubscriber current() {
    RedisSubscriber now = newest;
    return now != null && now.isCurrent() ? now : null;
  }

  /** Returns the connection on which this channel is subscribed to now; null when none is. */
  @Nullable RedisSubscriber hearing(String channel) {
    RedisSubscriber now = current();
    return now != null && now.hears(channel) ? now : null;
  }

  /**
   * Judges the number of receivers of a published frame. Zero is wrong when this host was
   * subscribed all the time: the subscribing connection is left.
   *
   * @param before the result of {@link #hearing} before the frame was sent
   */
  void counted(@Nullable RedisSubscriber before, String channel, long receivers) {
    if (before == null) {
      return;
    }
    if (receivers > 0) {
      unheard.set(0);
    } else if (unheard.get() < MOST
        && before.isCurrent()
        && before.hears(channel)
        && left.getAndSet(before) != before) {
      unheard.incrementAndGet();
      before.leave(
          new IllegalStateException(
              "a published frame had no receiver although this host is subscribed"));
    }
  }

  /**
   * Compares the servers of both connections, if both are current. When they differ, the
   * subscribing connection is left first. When they differ again, the publishing one may be the
   * stale one, and so on in turn.
   *
   * <p>Called by one publishing connection at a time.
   *
   * @param runId of the server that the frames are published to; null when it is not known
   * @throws IllegalStateException when the publishing connection must be left
   */
  void compare(@Nullable String runId) {
    RedisSubscriber now = current();
    String other = now == null ? null : now.runId();
    if (now == null || runId == null || other == null) {
      return;
    }
    if (runId.equals(other)) {
      differing.set(0);
      return;
    }
    int before = differing.get();
    if (before == MOST) {
      return;
    }
    differing.set(before + 1);
    IllegalStateException fault =
        new IllegalStateException("the two connections of this host lead to different servers");
    if (before % 2 != 0) {
      throw fault;
    }
    now.leave(fault);
  }

  /** Leaves the subscribing connection, because its server is no master any more. */
  void demoted(Throwable cause) {
    RedisSubscriber now = newest;
    if (now != null) {
      now.leave(cause);
    }
  }
}
