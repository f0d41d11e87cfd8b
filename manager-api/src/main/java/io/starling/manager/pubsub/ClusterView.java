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
 * The list of hosts that are alive, as this host sees the cluster. An origin becomes a host by a
 * hello or a heartbeat; after that, every frame of the host is a sign of life. A host is dead after
 * 15 s of silence. Silence counts only while this host hears its own frames, and starts again from
 * zero when it hears them again after an outage, or when this process was paused. Safe for any
 * thread.
 */
final class ClusterView {
  static final Duration HEARTBEAT_AFTER = Duration.ofSeconds(5);
  static final Duration DEAD_AFTER = Duration.ofSeconds(15);

  /**
   * A dead host that sends any frame within this time is alive again. Later only a hello or a
   * heartbeat makes it alive.
   */
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

  /** The upper bound of the age that a host may claim. It keeps the arithmetic from overflowing. */
  private static final Duration OLDEST = Duration.ofDays(36_500);

  private final HostId self;

  /** The hosts that are alive, and when each of them was last heard. */
  private final ConcurrentMap<HostId, Long> heardNanos = new ConcurrentHashMap<>();

  /** The hosts that count as dead, and when they were declared dead. */
  private final ConcurrentMap<HostId, Long> deadNanos = new ConcurrentHashMap<>();

  /** The release and the age that each host named, for hosts alive or dead. */
  private final ConcurrentMap<HostId, Known> known = new ConcurrentHashMap<>();

  private record Known(String release, long bornNanos) {}

  ClusterView(HostId self) {
    this.self = self;
  }

  /**
   * Another host sent a hello or a heartbeat.
   *
   * @return true when the host was not in the list of live hosts before
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
   * A frame of this origin arrived. An origin that is not a host, such as an emitter, changes
   * nothing.
   *
   * @return true when the frame made a dead host alive again
   */
  boolean heard(HostId origin, long nowNanos) {
    return heardNanos.replace(origin, nowNanos) == null
        && deadNanos.containsKey(origin)
        && revive(origin, nowNanos);
  }

  /** Whether the origin is a host that is alive or died less than about 10 minutes ago. */
  boolean isKnown(HostId origin) {
    return heardNanos.containsKey(origin) || deadNanos.containsKey(origin);
  }

  /** Removes a host that said goodbye. Returns whether the host was alive. */
  boolean left(HostId host) {
    deadNanos.remove(host);
    known.remove(host);
    return heardNanos.remove(host) != null;
  }

  /** The ids of the hosts that are alive, including this one. */
  Set<HostId> hosts() {
    Set<HostId> all = new LinkedHashSet<>();
    all.add(self);
    all.addAll(heardNanos.keySet());
    return Collections.unmodifiableSet(all);
  }

  /** Release and age of the hosts that are alive, without this one. */
  List<HostInfo> others(long nowNanos) {
    List<HostInfo> infos = new ArrayList<>();
    for (HostId host : heardNanos.keySet()) {
      Known of = known.getOrDefault(host, new Known("", nowNanos));
      infos.add(new HostInfo(host, of.release(), Duration.ofNanos(nowNanos - of.bornNanos())));
    }
    return infos;
  }

  /** Starts the silence of every host again from zero. */
  void restartTerms(long nowNanos) {
    heardNanos.replaceAll((host, heard) -> nowNanos);
  }

  /** The other hosts whose last frame is not older than the given time. */
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

  /** Whether any live host has been silent for more than {@link #DEAD_AFTER}. */
  boolean anySilent(long nowNanos) {
    for (long heard : heardNanos.values()) {
      if (nowNanos - heard > DEAD_AFTER.toNanos()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Declares every host dead that has been silent for more than {@link #DEAD_AFTER}, and returns
   * these hosts.
   *
   * @param nowNanos when this host last heard an own frame in time. Silence after that moment does
   *     not count, because this host may be the one that is cut off.
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
