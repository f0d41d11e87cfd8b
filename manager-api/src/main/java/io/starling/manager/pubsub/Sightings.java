package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether other hosts hear this one. Each host lists in its heartbeats the hosts that it heard
 * lately. A host that is missing from the list of a host that it hears says hello to that one's
 * inbox; if no list with its id comes back soon, what it publishes goes nowhere. Such a host hears
 * itself all the same if, say, it is still connected to a Redis server that is a replica now.
 * Bounded by the number of hosts. Safe for any thread.
 */
final class Sightings {
  /** A host is listed for so long after it was heard: a heartbeat's interval and some delay. */
  static final Duration LISTED_FOR = Duration.ofSeconds(6);

  /** In a cluster with more hosts no list is sent: lists would cost more than they tell. */
  static final int MAX_LISTED = 256;

  /** A hello and its answer take no longer, unless nobody hears the hello. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(2);

  /** What does not help is not tried more often. */
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(30);

  private final HostId self;

  /** The hosts whose list lacks this one, and since when. */
  private final Map<HostId, Long> missingSinceNanos = new ConcurrentHashMap<>();

  private @Nullable Long actedNanos;

  Sightings(HostId self) {
    this.self = self;
  }

  /**
   * Another host says whom it hears.
   *
   * @param heard null when it says nothing of it
   * @return whether this host is missing for the first time: the other is to be asked
   */
  boolean missingFrom(HostId other, @Nullable Set<HostId> heard, long nowNanos) {
    if (heard == null || heard.contains(self)) {
      missingSinceNanos.remove(other);
      return false;
    }
    return missingSinceNanos.putIfAbsent(other, nowNanos) == null;
  }

  /** A host has left or is dead. */
  void forget(HostId other) {
    missingSinceNanos.remove(other);
  }

  /** Nothing that was said before counts. */
  void clear() {
    missingSinceNanos.clear();
  }

  /** A host that does not hear this one, to be acted on now; null when there is none. */
  synchronized @Nullable HostId unheardBy(long nowNanos) {
    Iterator<Map.Entry<HostId, Long>> missing = missingSinceNanos.entrySet().iterator();
    while (missing.hasNext()) {
      Map.Entry<HostId, Long> each = missing.next();
      if (nowNanos - each.getValue() >= ANSWERED_WITHIN.toNanos()) {
        missing.remove();
        if (actedNanos == null || nowNanos - actedNanos >= AGAIN_AFTER.toNanos()) {
          actedNanos = nowNanos;
          return each.getKey();
        }
      }
    }
    return null;
  }
}
