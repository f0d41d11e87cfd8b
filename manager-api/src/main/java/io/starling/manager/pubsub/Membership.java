package io.starling.manager.pubsub;

import io.starling.manager.BackendState;
import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.ManagerStatistics;
import io.starling.manager.local.Answer.Present;
import io.starling.manager.local.LocalClientManager;
import io.starling.manager.pubsub.PubSubMessage.Heartbeat;
import io.starling.manager.pubsub.PubSubMessage.Hello;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The other hosts, as this host sees them: it takes their hellos and heartbeats, finds out which
 * hosts have died, and whether they hear this one. {@link SelfCheck} finds out whether this host
 * hears itself. Safe for any thread, except for the methods that say otherwise.
 */
final class Membership {
  /**
   * After this host has been UP for this time, every other host must have heard one of its
   * heartbeats.
   */
  private static final Duration KNOWN_AFTER = Duration.ofSeconds(10);

  private final BusContext context;
  private final ManagerThread thread;
  private final BusEvents events;
  private final PubSubPublisher publisher;
  private final PendingRequests pending;
  private final ClusterView view;
  private final OwnFrames own;
  private final Sightings sightings;
  private final SelfCheck selfCheck;
  private final long madeNanos;

  /** When another host or an emitter was last heard on the channel to all. */
  private volatile long heardOthersNanos;

  /**
   * Since when this host has received without interruption. No other host is judged by what it sent
   * or did not send before that.
   */
  private volatile long listeningSinceNanos;

  Membership(BusContext context, PubSubPublisher publisher, PendingRequests pending) {
    this.context = context;
    this.thread = context.thread();
    this.events = context.events();
    this.publisher = publisher;
    this.pending = pending;
    this.view = new ClusterView(context.self());
    this.own = context.ownFrames();
    this.sightings = new Sightings(context.self());
    this.madeNanos = thread.nanoTime();
    this.heardOthersNanos = madeNanos;
    this.selfCheck = new SelfCheck(context, publisher, this);
  }

  SelfCheck selfCheck() {
    return selfCheck;
  }

  BackendState state() {
    return events.state();
  }

  Set<HostId> hosts() {
    return view.hosts();
  }

  PendingRequests pending() {
    return pending;
  }

  /**
   * Whether the origin is or recently was a host. Hosts can repeat missing messages; emitters
   * cannot.
   */
  boolean isHost(HostId origin) {
    return view.isKnown(origin);
  }

  /**
   * A frame of another host or of an emitter arrived.
   *
   * @param toAll whether it came on the channel to all; false means the inbox of this host
   */
  void heard(HostId origin, boolean toAll) {
    if (toAll) {
      heardOthersNanos = thread.nanoTime();
    }
    if (view.heard(origin, thread.nanoTime())) {
      events.tell(listener -> listener.hostJoined(origin));
    }
  }

  /** When another host or an emitter was last heard on the channel to all. */
  long heardOthersNanos() {
    return heardOthersNanos;
  }

  /**
   * Starts the silence of every host again from zero, and forgets which hosts do not hear this one,
   * because this host may have missed frames.
   */
  void restartTerms() {
    listeningSinceNanos = thread.nanoTime();
    view.restartTerms(listeningSinceNanos);
    sightings.clear();
  }

  /** Whether any host is silent for so long that it may be dead. */
  boolean anySilent() {
    return view.anySilent(thread.nanoTime());
  }

  /**
   * Removes the hosts that have died. Publisher thread only.
   *
   * @return a host that does not hear this one; null without one
   */
  @Nullable HostId removeDead() {
    view.removeDead(own.timelyNanos()).forEach(this::gone);
    return sightings.unheardBy(thread.nanoTime());
  }

  ManagerStatistics statistics(long heldBytes, int pending, BackendState state) {
    return new ManagerStatistics(
        events.counts().sums(),
        publisher.outboxBytes(),
        publisher.window().oldestOperation(),
        heldBytes,
        own.age(),
        own.isReceptionPaused(),
        pending,
        hosts().size(),
        state);
  }

  List<HostInfo> hostInfos() {
    List<HostInfo> infos = new ArrayList<>();
    infos.add(present().host());
    infos.addAll(view.others(thread.nanoTime()));
    return infos;
  }

  /**
   * What this host tells an emitter that asks. It names no others while its list of hosts cannot be
   * trusted, or would exceed {@link Sightings#MAX_LISTED}. Any thread.
   */
  Present present() {
    HostInfo here =
        new HostInfo(context.self(), LocalClientManager.RELEASE, Duration.ofMillis(ageMillis()));
    Set<HostId> others = new LinkedHashSet<>(hosts());
    others.remove(context.self());
    boolean told = selfCheck.unsettled().isZero() && others.size() <= Sightings.MAX_LISTED;
    return new Present(here, told ? others : null);
  }

  /** The hello that this host sends now. Any thread. */
  Hello helloNow() {
    return new Hello(LocalClientManager.RELEASE, ageMillis());
  }

  /** The heartbeat that this host sends now, without the numbers of other origins. Any thread. */
  Heartbeat heartbeatNow() {
    long lastSeq = publisher.window().lastSeq();
    return new Heartbeat(lastSeq, LocalClientManager.RELEASE, ageMillis(), heardLately(), null);
  }

  /**
   * The hosts that were heard in the last 6 s. Null when this host may have missed frames lately,
   * or when the list would exceed {@link Sightings#MAX_LISTED}.
   */
  private @Nullable Set<HostId> heardLately() {
    long now = thread.nanoTime();
    if (state() != BackendState.UP
        || own.isReceptionPaused()
        || now - listeningSinceNanos < Sightings.LISTED_FOR.toNanos()) {
      return null;
    }
    Set<HostId> heard = view.heardWithin(Sightings.LISTED_FOR, now);
    return heard.size() > Sightings.MAX_LISTED ? null : heard;
  }

  /** How long this host has run, in milliseconds. Any thread. */
  long ageMillis() {
    return Duration.ofNanos(thread.nanoTime() - madeNanos).toMillis();
  }

  /** Another host sent a hello or a heartbeat. */
  void joined(HostId host, String release, long ageMillis) {
    if (view.joined(host, release, ageMillis, thread.nanoTime())) {
      events.tell(listener -> listener.hostJoined(host));
    }
  }

  /**
   * A heartbeat of another host arrived. If its list lacks this host, this host says hello to it.
   *
   * @param by the host that sent the heartbeat
   * @param heard the hosts that it heard lately; null when it does not say
   */
  void listed(HostId by, @Nullable Set<HostId> heard) {
    long now = thread.nanoTime();
    boolean known = now - listeningSinceNanos >= KNOWN_AFTER.toNanos();
    if (state() == BackendState.UP
        && sightings.missingFrom(by, known ? heard : null, now)
        && !selfCheck.closed()) {
      publisher.send(context.settings().inboxOf(by), helloNow());
    }
  }

  /** Another host said goodbye. */
  void left(HostId host) {
    if (view.left(host)) {
      gone(host);
    }
  }

  private void gone(HostId host) {
    sightings.forget(host);
    events.tell(listener -> listener.hostLeft(host));
    pending.hostLeft(host);
  }
}
