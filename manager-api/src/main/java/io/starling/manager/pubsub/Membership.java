package io.starling.manager.pubsub;

import io.starling.manager.BackendState;
import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.ManagerException;
import io.starling.manager.ManagerStatistics;
import io.starling.manager.local.LocalClientManager;
import io.starling.manager.pubsub.BusCounters.Standing;
import io.starling.manager.pubsub.Outbox.Share;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubMessage.Heartbeat;
import io.starling.manager.pubsub.PubSubMessage.Hello;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * This host's place in the cluster. It sends hellos and heartbeats, finds out which hosts have
 * died, and checks that the frames of this host come back from the broker. From that it derives the
 * {@link BackendState}. The methods may be called on any thread unless they say otherwise. Only the
 * publisher thread reads and writes the fields that are neither final nor volatile.
 */
final class Membership {
  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(10);

  /** For this time after it became UP, a host does not trust its list of hosts. */
  private static final Duration SETTLING = Duration.ofSeconds(1);

  /**
   * After this host has been UP for this time, every other host must have heard one of its
   * heartbeats.
   */
  private static final Duration KNOWN_AFTER = Duration.ofSeconds(10);

  /** When the timer fires later than this, the process itself was paused. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final BusContext context;
  private final ManagerThread thread;
  private final PubSubPublisher publisher;
  private final PendingRequests pending;
  private final ClusterView view;
  private final OwnFrames own;
  private final InboxProbe inbox = new InboxProbe();
  private final Sightings sightings;
  private final Remedies remedies;
  private final long madeNanos;
  private final CompletableFuture<Void> heardMyself = new CompletableFuture<>();

  /**
   * The directions whose connection is lost, and the reasons. Only the publisher thread uses this
   * map.
   */
  private final Map<Direction, Throwable> broken = new EnumMap<>(Direction.class);

  private volatile BackendState state = BackendState.STARTING;
  private volatile boolean closed;

  /** Whether this host was UP at any time. */
  private volatile boolean wasUp;

  /** Whether this host has said hello again after it was UP, because it was cut off meanwhile. */
  private volatile boolean returned;

  /** Whether the last own frame came back late. */
  private volatile boolean lastWasLate;

  /** Whether a task that judges the own frames is already queued on the publisher thread. */
  private final AtomicBoolean judging = new AtomicBoolean();

  /** When another host or an emitter was last heard on the channel to all. */
  private volatile long heardOthersNanos;

  /** When this host last became UP. */
  private volatile long upSinceNanos;

  /**
   * Since when this host has received without interruption. No other host is judged by what it sent
   * or did not send before that.
   */
  private volatile long listeningSinceNanos;

  /** Whether a heartbeat to all is queued or in flight, so that no second one is needed. */
  private boolean heartbeatQueued;

  private long lastHeartbeatNanos;

  /** Whether the own inbox receives nothing although the channel to all works. */
  private volatile boolean inboxDeaf;

  private long lastTickNanos;

  Membership(BusContext context, PubSubPublisher publisher, PendingRequests pending) {
    this.context = context;
    this.thread = context.thread();
    this.publisher = publisher;
    this.pending = pending;
    this.view = new ClusterView(context.self());
    this.own = publisher.ownFrames();
    this.sightings = new Sightings(context.self());
    this.remedies = new Remedies(context, publisher, this::hello);
    this.madeNanos = thread.nanoTime();
    this.heardOthersNanos = madeNanos;
  }

  /**
   * Connects and subscribes. The stage completes when this host has heard its own hello through the
   * broker. With {@code keep-trying} it completes without waiting for the broker.
   */
  CompletionStage<Void> start(PubSubBackend.Listener receiver) {
    boolean keepTrying = context.settings().keepTrying();
    PubSubBackend backend = context.backend();
    return backend
        .start(EnumSet.allOf(Direction.class), context.settings(), receiver)
        .thenCompose(
            connected -> {
              CompletionStage<Void> subscribed =
                  backend
                      .subscribe(context.settings().allChannel())
                      .thenCombine(
                          backend.subscribe(context.settings().inboxOf(context.self())),
                          (all, inbox) -> null);
              return keepTrying ? CompletableFuture.completedStage(null) : subscribed;
            })
        .thenCompose(
            subscribed -> {
              publisher.started();
              thread.execute(this::begin);
              return keepTrying ? CompletableFuture.completedStage(null) : heardMyself;
            });
  }

  BackendState state() {
    return state;
  }

  Set<HostId> hosts() {
    return view.hosts();
  }

  /**
   * Whether this host is closing. After its goodbye it must send nothing that makes it seem alive.
   */
  boolean closed() {
    return closed;
  }

  PendingRequests pending() {
    return pending;
  }

  void connectionLost(Direction direction, @Nullable Throwable cause) {
    if (direction == Direction.PUBLISH) {
      publisher.connectionLost();
    }
    Throwable reason =
        cause != null
            ? cause
            : new ManagerException(
                "broker: the connection to " + name(direction) + " is lost (expected: it lasts)");
    thread.execute(
        () -> {
          broken.put(direction, reason);
          become(
              broken.size() == Direction.values().length
                  ? BackendState.DOWN
                  : BackendState.DEGRADED,
              reason);
        });
  }

  void connectionRestored(Direction direction) {
    if (direction == Direction.PUBLISH) {
      publisher.connectionRestored();
    }
    thread.execute(
        () -> {
          broken.remove(direction);
          if (broken.isEmpty()) {
            // A frame that was sent during the outage may be lost. That is no reason to doubt the
            // new connection.
            own.restart(thread.nanoTime());
            hello();
          } else {
            become(BackendState.DEGRADED, broken.values().iterator().next());
          }
        });
  }

  private static String name(Direction direction) {
    return direction.name().toLowerCase(Locale.ROOT);
  }

  /**
   * A frame of this host came back from the broker. Called on the broker's threads.
   *
   * @param toAll whether it came on the channel to all; false means the own inbox
   * @param sentAtMillis when the frame was built, by the wall clock of the manager thread
   */
  void heardMyself(boolean toAll, long sentAtMillis) {
    if (!toAll) {
      inbox.heard();
      if (inboxDeaf) {
        thread.execute(this::inboxHears);
      }
      return;
    }
    boolean late = own.heard(sentAtMillis);
    boolean turned = lastWasLate != late;
    lastWasLate = late;
    if ((turned || state != (late ? BackendState.DEGRADED : BackendState.UP))
        && judging.compareAndSet(false, true)) {
      thread.execute(
          () -> {
            judging.set(false);
            judge(lastWasLate);
          });
    }
  }

  /**
   * Sets the state by the last own frame. A late frame never makes a host UP, because the frame may
   * have waited for the end of an outage.
   */
  private void judge(boolean late) {
    if (!broken.isEmpty() || closed) {
      return;
    }
    if (late) {
      become(
          BackendState.DEGRADED,
          new ManagerException(
              "broker: own frame came back late (expected: within "
                  + OwnFrames.LATE_AFTER.toSeconds()
                  + " s)"));
    } else if (state != BackendState.UP && !inboxDeaf) {
      restartTerms();
      upSinceNanos = thread.nanoTime();
      remedies.reset();
      wasUp = true;
      become(BackendState.UP, null);
    }
    heardMyself.complete(null);
  }

  private void inboxHears() {
    inboxDeaf = false;
    if (!lastWasLate && !own.isAwaited()) {
      judge(false);
    }
  }

  /**
   * This host asked its broker to pause or to resume the delivery of frames. During a pause it
   * expects no frames. After the pause the silence of every host counts again from zero. Any
   * thread.
   */
  void receptionPaused(boolean on) {
    own.receptionPaused(on);
    listeningSinceNanos = thread.nanoTime();
    view.restartTerms(listeningSinceNanos);
    thread.execute(this::restartTerms);
  }

  private void restartTerms() {
    long now = thread.nanoTime();
    listeningSinceNanos = now;
    own.restart(now);
    inbox.heard();
    sightings.clear();
    view.restartTerms(now);
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
      context.listener().hostJoined(origin);
    }
  }

  ManagerStatistics statistics(long heldBytes, int pending, BackendState state) {
    return context
        .counters()
        .snapshot(
            new Standing(
                publisher.outboxBytes(),
                publisher.oldestOperation(),
                heldBytes,
                own.age(),
                own.isReceptionPaused(),
                pending,
                hosts().size(),
                state));
  }

  List<HostInfo> hostInfos() {
    List<HostInfo> infos = new ArrayList<>();
    infos.add(
        new HostInfo(context.self(), LocalClientManager.RELEASE, Duration.ofMillis(ageMillis())));
    infos.addAll(view.others(thread.nanoTime()));
    return infos;
  }

  /** The heartbeat that this host sends now, without the numbers of other origins. Any thread. */
  Heartbeat heartbeatNow() {
    return new Heartbeat(
        publisher.lastSeq(), LocalClientManager.RELEASE, ageMillis(), heardLately(), null);
  }

  /**
   * The hosts that were heard in the last 6 s. Null when this host may have missed frames lately,
   * or when the list would exceed {@link Sightings#MAX_LISTED}.
   */
  private @Nullable Set<HostId> heardLately() {
    long now = thread.nanoTime();
    if (state != BackendState.UP
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

  /**
   * For how long the list of hosts may still be incomplete, because this host became UP less than a
   * second ago or is not UP; zero when the list can be trusted.
   */
  Duration unsettled() {
    long heard = SETTLING.toNanos() - (thread.nanoTime() - upSinceNanos);
    return state == BackendState.UP && heard <= 0
        ? Duration.ZERO
        : state == BackendState.UP ? Duration.ofNanos(heard) : SETTLING;
  }

  /** Whether this host was cut off at any time and has said hello since. Any thread. */
  boolean returned() {
    return returned;
  }

  /**
   * Whether this host is cut off, or came back less than a second ago. The first start does not
   * count. Any thread.
   */
  boolean returning() {
    return wasUp && (state != BackendState.UP || (returned && !unsettled().isZero()));
  }

  /** Another host sent a hello or a heartbeat. */
  void joined(HostId host, String release, long ageMillis) {
    if (view.joined(host, release, ageMillis, thread.nanoTime())) {
      context.listener().hostJoined(host);
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
    if (state == BackendState.UP
        && sightings.missingFrom(by, known ? heard : null, now)
        && !closed) {
      publish(context.settings().inboxOf(by), helloNow());
    }
  }

  /** Another host said goodbye. */
  void left(HostId host) {
    if (view.left(host)) {
      gone(host);
    }
  }

  /** Stops heartbeats and hellos. The state becomes CLOSED and does not change again. */
  void close() {
    closed = true;
    thread.execute(() -> become(BackendState.CLOSED, null));
    heardMyself.completeExceptionally(new ManagerException("manager: closed while it started"));
  }

  private void begin() {
    lastTickNanos = thread.nanoTime();
    lastHeartbeatNanos = lastTickNanos;
    if (broken.isEmpty()) {
      hello();
    }
    thread.schedule(
        START_TIMEOUT, () -> heardMyself.completeExceptionally(unheard(publisher.lastFailure())));
    tick();
  }

  private static ManagerException unheard(@Nullable Throwable cause) {
    return new ManagerException(
        "broker: own hello not heard (expected: within "
            + START_TIMEOUT.toSeconds()
            + " s)"
            + Remedies.because(cause),
        cause);
  }

  private void tick() {
    if (closed) {
      return;
    }
    try {
      look();
    } finally {
      thread.schedule(TICK, this::tick);
    }
  }

  private void look() {
    long now = thread.nanoTime();
    if (own.isReceptionPaused() || now - lastTickNanos > PAUSE.toNanos()) {
      restartTerms();
    }
    lastTickNanos = now;
    if (own.isCutOff(now) && broken.isEmpty() && mayDegrade()) {
      cutOff(now);
    }
    if (state == BackendState.UP) {
      view.removeDead(own.timelyNanos()).forEach(this::gone);
      HostId deaf = sightings.unheardBy(now);
      if (deaf != null) {
        become(BackendState.DEGRADED, remedies.unheardBy(deaf));
      }
    }
    if (inbox.lost(now, own.timelySentMillis())) {
      inboxLost();
    }
    // When a host is silent or an own frame was late, one more heartbeat decides: if it comes back
    // in time, this host hears well, and the silent host is dead.
    boolean doubtful = lastWasLate || view.anySilent(now);
    if ((doubtful && !own.isAwaited())
        || now - lastHeartbeatNanos >= ClusterView.HEARTBEAT_AFTER.toNanos()) {
      heartbeat();
    }
  }

  private void inboxLost() {
    inbox.heard();
    inboxDeaf = true;
    become(BackendState.DEGRADED, remedies.inboxDeaf());
  }

  /**
   * Whether the state may become DEGRADED. A start without {@code keep-trying} fails with an
   * exception instead.
   */
  private boolean mayDegrade() {
    return state != BackendState.STARTING || context.settings().keepTrying();
  }

  /**
   * No own frame has come back for {@link OwnFrames#CUT_OFF_AFTER}: the state becomes DEGRADED, and
   * the next remedy is tried.
   */
  private void cutOff(long now) {
    long since = own.awaitedSinceNanos();
    own.restart(now);
    become(BackendState.DEGRADED, remedies.cutOff(since, heardOthersNanos));
  }

  private void gone(HostId host) {
    sightings.forget(host);
    context.listener().hostLeft(host);
    pending.hostLeft(host);
  }

  private void hello() {
    if (closed) {
      return; // Other hosts would list this host again after its goodbye.
    }
    returned |= wasUp;
    publish(context.settings().allChannel(), helloNow());
  }

  private Hello helloNow() {
    return new Hello(LocalClientManager.RELEASE, ageMillis());
  }

  /**
   * Sends a heartbeat to the own inbox, then one to all. In this order, because the inbox must have
   * received its message by the time the one to all comes back.
   */
  private void heartbeat() {
    long now = thread.nanoTime();
    lastHeartbeatNanos = now;
    if (inbox.due()) {
      inbox.queued(thread.currentTimeMillis());
      publish(context.settings().inboxOf(context.self()), heartbeatNow())
          .whenComplete(
              (done, failure) -> {
                if (failure == null) {
                  inbox.confirmed(thread.nanoTime());
                } else {
                  inbox.heard();
                }
              });
    }
    if (!heartbeatQueued) {
      heartbeatQueued = true;
      publish(context.settings().allChannel(), heartbeatNow())
          .whenComplete((done, failure) -> heartbeatQueued = false);
    }
  }

  private CompletionStage<?> publish(String channel, PubSubMessage message) {
    return publisher.publish(channel, MessageCodec.encode(message), Share.RESERVE);
  }

  private void become(BackendState next, @Nullable Throwable cause) {
    if (state != next && state != BackendState.CLOSED) {
      state = next;
      context.listener().stateChanged(next, cause);
    }
  }
}
