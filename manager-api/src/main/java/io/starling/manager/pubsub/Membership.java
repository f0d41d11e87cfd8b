package io.starling.manager.pubsub;

import io.starling.manager.BackendState;
import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.ManagerException;
import io.starling.manager.ManagerStatistics;
import io.starling.manager.memory.InMemoryClientManager;
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
 * This host's place in the cluster: says hello, sends heartbeats, notices who is gone, and knows
 * whether it hears itself through the broker. Its state belongs to the publisher thread; every
 * method may be called on any.
 */
final class Membership {
  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(10);

  private static final Duration SETTLING = Duration.ofSeconds(1);

  /** After so long with this host UP, each other host has heard a heartbeat of it. */
  private static final Duration KNOWN_AFTER = Duration.ofSeconds(10);

  /** A tick that is later than this means that the process itself was paused. */
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

  /** The directions that are lost, and why. */
  private final Map<Direction, Throwable> broken = new EnumMap<>(Direction.class);

  private volatile BackendState state = BackendState.STARTING;
  private volatile boolean closed;

  /** Whether this host was UP before. */
  private volatile boolean wasUp;

  /** Whether this host said hello again after it was UP. */
  private volatile boolean returned;

  /** Whether the own frame that was heard last had come back late. */
  private volatile boolean lastWasLate;

  /** Whether a judgement of the own frames waits for the publisher thread. */
  private final AtomicBoolean judging = new AtomicBoolean();

  private volatile long heardOthersNanos;
  private volatile long upSinceNanos;

  /** Since when everybody that sends is heard; nobody is blamed for what came before. */
  private volatile long listeningSinceNanos;

  private boolean heartbeatQueued;
  private long lastHeartbeatNanos;

  /** Whether the own inbox receives nothing though the channel to all works. */
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

  /** Completes when this host heard its own hello; with {@code keep-trying}, at once. */
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

  /** Whether this host takes its leave: it must not seem alive again after its goodbye. */
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
            // What was sent before the outage is no reason to doubt the new connection.
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

  /** A frame of this host's own, sent then, came back from the broker. */
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

  /** A late frame makes no host healthy again: the frame may have waited for an outage to end. */
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
   * This host asked its broker for no more frames, or for frames again. Until then silence is its
   * own wish, and everybody has a full term afterwards. Any thread.
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

  /** Whether this is or was a host, and so can be asked for what is missing. */
  boolean isHost(HostId origin) {
    return view.isKnown(origin);
  }

  /** Something came from another origin, host or not, to all or to this host. */
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
        new HostInfo(
            context.self(), InMemoryClientManager.RELEASE, Duration.ofMillis(ageMillis())));
    infos.addAll(view.others(thread.nanoTime()));
    return infos;
  }

  /** What this host says of itself to one that asks. Any thread. */
  Heartbeat heartbeatNow() {
    return new Heartbeat(
        publisher.lastSeq(), InMemoryClientManager.RELEASE, ageMillis(), heardLately(), null);
  }

  /** Null while this host may not have heard all that send, or when they are too many. */
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

  /** How long this host has run. Any thread. */
  long ageMillis() {
    return Duration.ofNanos(thread.nanoTime() - madeNanos).toMillis();
  }

  /**
   * For so long the list of hosts may be short of some: this host has just begun to listen, or
   * listens again.
   */
  Duration unsettled() {
    long heard = SETTLING.toNanos() - (thread.nanoTime() - upSinceNanos);
    return state == BackendState.UP && heard <= 0
        ? Duration.ZERO
        : state == BackendState.UP ? Duration.ofNanos(heard) : SETTLING;
  }

  /** Whether this host was cut off once, and has said hello since. Any thread. */
  boolean returned() {
    return returned;
  }

  /** Whether this host is cut off, or was a second ago; its start does not count. Any thread. */
  boolean returning() {
    return wasUp && (state != BackendState.UP || (returned && !unsettled().isZero()));
  }

  /** Another host says that it is alive. */
  void joined(HostId host, String release, long ageMillis) {
    if (view.joined(host, release, ageMillis, thread.nanoTime())) {
      context.listener().hostJoined(host);
    }
  }

  /** Another host says whom it hears; null when it does not say. */
  void listed(HostId by, @Nullable Set<HostId> heard) {
    long now = thread.nanoTime();
    boolean known = now - listeningSinceNanos >= KNOWN_AFTER.toNanos();
    if (state == BackendState.UP
        && sightings.missingFrom(by, known ? heard : null, now)
        && !closed) {
      publish(context.settings().inboxOf(by), helloNow());
    }
  }

  /** Another host says goodbye. */
  void left(HostId host) {
    if (view.left(host)) {
      gone(host);
    }
  }

  /** No more heartbeats and no more state changes but the last. */
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
    // An own frame tells whether others are dead or this host is deaf, and whether it is in time.
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

  /** A start that does not keep trying fails by itself. */
  private boolean mayDegrade() {
    return state != BackendState.STARTING || context.settings().keepTrying();
  }

  /** None of the own frames comes back. */
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
      return; // The others would take this host for a new one after its goodbye.
    }
    returned |= wasUp;
    publish(context.settings().allChannel(), helloNow());
  }

  private Hello helloNow() {
    return new Hello(InMemoryClientManager.RELEASE, ageMillis());
  }

  /** The message to the own inbox goes first: once the one to all is heard, it was, too. */
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
