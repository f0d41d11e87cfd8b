package io.starling.manager.redis;

import java.util.concurrent.atomic.AtomicInteger;
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

  private final AtomicInteger unheard = new AtomicInteger();
  private final AtomicInteger differing = new AtomicInteger();

  void prepared(RedisSubscriber subscriber) {
    newest = subscriber;
  }

  /** Returns the connection on which this channel is subscribed to now; null when none is. */
  @Nullable RedisSubscriber hearing(String channel) {
    RedisSubscriber now = newest;
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
    } else if (before.hears(channel) && unheard.getAndIncrement() < MOST) {
      before.leave(
          new IllegalStateException(
              "a published frame had no receiver although this host is subscribed"));
    }
  }

  /**
   * Compares the servers of both connections. When they differ, the subscribing connection is left
   * first. When they differ again, the publishing one may be the stale one, and so on in turn.
   *
   * @param runId of the server that the frames are published to; null when it is not known
   * @throws IllegalStateException when the publishing connection must be left
   */
  void compare(@Nullable String runId) {
    RedisSubscriber now = newest;
    String other = now == null ? null : now.runId();
    if (now == null || runId == null || other == null) {
      return;
    }
    if (runId.equals(other)) {
      differing.set(0);
      return;
    }
    int before = differing.getAndIncrement();
    IllegalStateException fault =
        new IllegalStateException("the two connections of this host lead to different servers");
    if (before < MOST && before % 2 == 0) {
      now.leave(fault);
    } else if (before < MOST) {
      throw fault;
    }
  }

  /** Leaves the subscribing connection, because its server is no master any more. */
  void demoted(Throwable cause) {
    RedisSubscriber now = newest;
    if (now != null) {
      now.leave(cause);
    }
  }
}
