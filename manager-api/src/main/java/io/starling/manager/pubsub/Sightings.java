package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether other hosts hear this one. Each host lists in its heartbeats the hosts that it
 * heard lately. When the list of a host lacks this one, this host says hello to the inbox of that
 * host. If no list with this host follows soon, the frames that this host publishes go nowhere.
 * That can happen although this host hears itself, for example while it is connected to a Redis
 * server that has become a replica. Memory is bounded by the number of hosts. Safe for any thread.
 */
final class Sightings {
  /**
   * A host stays in the list for this time after it was heard: the interval of heartbeats and some
   * delay.
   */
  static final Duration LISTED_FOR = Duration.ofSeconds(6);

  /**
   * In a cluster with more hosts than this no list is sent, because the lists would cost too much.
   */
  static final int MAX_LISTED = 256;

  /** The time in which the answer to a hello must arrive. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(2);

  /** The shortest time between two replacements of the connection. */
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(30);

  private final HostId self;

  /** The hosts whose list lacks this host, and since when. */
  private final Map<HostId, Long> missingSinceNanos = new ConcurrentHashMap<>();

  /** When this host last acted on a missing entry; null when never. Guarded by this. */
  private @Nullable Long actedNanos;

  Sightings(HostId self) {
    this.self = self;
  }

  /**
   * A heartbeat of another host arrived.
   *
   * @param heard the hosts that the other one heard lately; null when it does not tell
   * @return true when this host is missing for the first time, and must say hello to the other host
   */
  boolean missingFrom(HostId other, @Nullable Set<HostId> heard, long nowNanos) {
    if (heard == null || heard.contains(self)) {
      missingSinceNanos.remove(other);
      return false;
    }
    return missingSinceNanos.putIfAbsent(other, nowNanos) == null;
  }

  /** A host left or died: its last list no longer counts. */
  void forget(HostId other) {
    missingSinceNanos.remove(other);
  }

  /** Forgets all lists, because this host may have missed later ones. */
  void clear() {
    missingSinceNanos.clear();
  }

  /**
   * Returns a host that does not hear this one and must be acted on now; null without one. After a
   * result there is none for 30 s.
   */
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
