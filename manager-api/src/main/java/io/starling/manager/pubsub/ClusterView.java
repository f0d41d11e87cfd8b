package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Which hosts are alive. A host is one that said hello or sent a heartbeat; any frame of it is a
 * sign of life. Silence counts only while this host hears itself, and its term starts anew when it
 * does again, or when this process was paused. Safe for any thread.
 */
final class ClusterView {
  static final Duration HEARTBEAT_AFTER = Duration.ofSeconds(5);
  static final Duration DEAD_AFTER = Duration.ofSeconds(15);

  /** How long a dead host may come back with any frame; later it has to say that it is one. */
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

  /** What a host says of its age is cut to this. */
  private static final Duration OLDEST = Duration.ofDays(36_500);

  private final HostId self;
  private final ConcurrentMap<HostId, Long> heardNanos = new ConcurrentHashMap<>();

  /** The hosts that are taken for dead, and since when. */
  private final ConcurrentMap<HostId, Long> deadNanos = new ConcurrentHashMap<>();

  /** What the hosts, alive or dead, said of themselves. */
  private final ConcurrentMap<HostId, Known> known = new ConcurrentHashMap<>();

  private record Known(String release, long bornNanos) {}

  ClusterView(HostId self) {
    this.self = self;
  }

  /**
   * A host said that it is one.
   *
   * @return whether it was not known to be alive
   */
  boolean joined(HostId host, String release, long ageMillis, long nowNanos) {
    if (host.equals(self)) {
      return false;
    }
    long ageNanos = Duration.ofMillis(Math.min(ageMillis, OLDEST.toMillis())).toNanos();
    known.put(host, new Known(release, nowNanos - ageNanos));
    return revive(host, nowNanos);
  }

  private boolean revive(HostId host, long nowNanos) {
    deadNanos.remove(host);
    return heardNanos.put(host, nowNanos) == null;
  }

  /**
   * Something came from this origin; an emitter is none of the hosts.
   *
   * @return whether it is a host that was taken for dead: one that is busy sends no heartbeat
   */
  boolean heard(HostId origin, long nowNanos) {
    return heardNanos.replace(origin, nowNanos) == null
        && deadNanos.containsKey(origin)
        && revive(origin, nowNanos);
  }

  /** Whether it is a host that is alive, or was not long ago. */
  boolean isKnown(HostId origin) {
    return heardNanos.containsKey(origin) || deadNanos.containsKey(origin);
  }

  /** Returns whether it was alive. */
  boolean left(HostId host) {
    deadNanos.remove(host);
    known.remove(host);
    return heardNanos.remove(host) != null;
  }

  /** The hosts that are alive, this one included. */
  Set<HostId> hosts() {
    Set<HostId> all = new LinkedHashSet<>();
    all.add(self);
    all.addAll(heardNanos.keySet());
    return Collections.unmodifiableSet(all);
  }

  /** What is known of the hosts that are alive, this one excluded. */
  List<HostInfo> others(long nowNanos) {
    List<HostInfo> infos = new ArrayList<>();
    for (HostId host : heardNanos.keySet()) {
      Known of = known.getOrDefault(host, new Known("", nowNanos));
      infos.add(new HostInfo(host, of.release(), Duration.ofNanos(nowNanos - of.bornNanos())));
    }
    return infos;
  }

  /** Every host gets a full term from now on. */
  void restartTerms(long nowNanos) {
    heardNanos.replaceAll((host, heard) -> nowNanos);
  }

  /** The other hosts that were heard within this time. */
  Set<HostId> heardWithin(Duration time, long nowNanos) {
    Set<HostId> heard = new LinkedHashSet<>();
    heardNanos.forEach(
        (host, last) -> {
          if (nowNanos - last <= time.toNanos()) {
            heard.add(host);
          }
        });
    return heard;
  }

  /** Whether a host has been silent for so long that it may be dead. */
  boolean anySilent(long nowNanos) {
    for (long heard : heardNanos.values()) {
      if (nowNanos - heard > DEAD_AFTER.toNanos()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Removes and returns the hosts that were silent for too long.
   *
   * @param nowNanos when this host last heard itself: later silence says nothing of others
   */
  List<HostId> removeDead(long nowNanos) {
    List<HostId> dead = new ArrayList<>();
    heardNanos.forEach(
        (host, heard) -> {
          if (nowNanos - heard > DEAD_AFTER.toNanos() && heardNanos.remove(host, heard)) {
            dead.add(host);
            deadNanos.put(host, nowNanos);
          }
        });
    if (deadNanos.values().removeIf(since -> nowNanos - since > FORGOTTEN_AFTER.toNanos())) {
      known.keySet().removeIf(host -> !isKnown(host));
    }
    return dead;
  }
}
