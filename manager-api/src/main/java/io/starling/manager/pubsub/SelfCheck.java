package io.starling.manager.pubsub;

import io.starling.manager.BackendState;
import io.starling.manager.HostId;
import io.starling.manager.ManagerException;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Checks that this host is heard: it sends hellos and heartbeats to all hosts and to its own inbox,
 * and expects them back from the broker. From that it derives the {@link BackendState}. The methods
 * may be called on any thread unless they say otherwise. Only the publisher thread reads and writes
 * the fields that are neither final nor volatile.
 */
final class SelfCheck {
  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(10);

  private static final Duration INBOX_OVERDUE = Duration.ofSeconds(3);

  /** For this time after it became UP, a host does not trust its list of hosts. */
  private static final Duration SETTLING = Duration.ofSeconds(1);

  /** When the timer fires later than this, the process itself was paused. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final BusContext context;
  private final ManagerThread thread;
  private final BusEvents events;
  private final PubSubPublisher publisher;
  private final Membership membership;
  private final OwnFrames own;
  private final InboxProbe inbox = new InboxProbe(INBOX_OVERDUE);
  private final Remedies remedies;
  private final CompletableFuture<Void> heardMyself = new CompletableFuture<>();

  /**
   * The directions whose connection is lost, and the reasons. Only the publisher thread uses this
   * map.
   */
  private final Map<Direction, Throwable> broken = new EnumMap<>(Direction.class);

  private volatile boolean closed;

  /** Whether this host was UP at any time. */
  private volatile boolean wasUp;

  /** Whether this host has said hello again after it was UP, because it was cut off meanwhile. */
  private volatile boolean returned;

  /** Whether a task that judges the own frames is already queued on the publisher thread. */
  private final AtomicBoolean judging = new AtomicBoolean();

  /** When this host last became UP. */
  private volatile long upSinceNanos;

  /** Whether a heartbeat to all is queued or in flight, so that no second one is needed. */
  private boolean heartbeatQueued;

  private long lastHeartbeatNanos;

  /** Whether the own inbox receives nothing although the channel to all works. */
  private volatile boolean inboxDeaf;

  private long lastTickNanos;

  SelfCheck(BusContext context, PubSubPublisher publisher, Membership membership) {
    this.context = context;
    this.thread = context.thread();
    this.events = context.events();
    this.publisher = publisher;
    this.membership = membership;
    this.own = context.ownFrames();
    String address = context.settings().inboxOf(context.self());
    this.remedies = new Remedies(context, publisher.window(), address, this::hello);
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

  /**
   * Whether this host is closing. After its goodbye it must send nothing that makes it seem alive.
   */
  boolean closed() {
    return closed;
  }

  void connectionLost(Direction direction, @Nullable Throwable cause) {
    if (direction == Direction.PUBLISH) {
      publisher.window().connectionLost();
    }
    Throwable reason =
        cause != null
            ? cause
            : new ManagerException(
                "broker: the connection to " + name(direction) + " is lost (expected: it lasts)");
    thread.execute(
        () -> {
          broken.put(direction, reason);
          events.become(
              broken.size() == Direction.values().length
                  ? BackendState.DOWN
                  : BackendState.DEGRADED,
              reason);
        });
  }

  void connectionRestored(Direction direction) {
    if (direction == Direction.PUBLISH) {
      publisher.window().connectionRestored();
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
            events.become(BackendState.DEGRADED, broken.values().iterator().next());
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
    boolean wasLate = own.isLate();
    boolean late = own.heard(sentAtMillis);
    if ((wasLate != late || events.state() != (late ? BackendState.DEGRADED : BackendState.UP))
        && judging.compareAndSet(false, true)) {
      thread.execute(
          () -> {
            judging.set(false);
            judge();
          });
    }
  }

  /**
   * Sets the state by the last own frame. A late frame never makes a host UP, because the frame may
   * have waited for the end of an outage.
   */
  private void judge() {
    if (!broken.isEmpty() || closed) {
      return;
    }
    if (own.isLate()) {
      events.become(
          BackendState.DEGRADED,
          new ManagerException(
              "broker: own frame came back late (expected: within "
                  + OwnFrames.LATE_AFTER.toSeconds()
                  + " s)"));
    } else if (events.state() != BackendState.UP && !inboxDeaf) {
      restartTerms();
      upSinceNanos = thread.nanoTime();
      remedies.reset();
      wasUp = true;
      events.become(BackendState.UP, null);
    }
    heardMyself.complete(null);
  }

  private void inboxHears() {
    inboxDeaf = false;
    if (!own.isLate() && !own.isAwaited()) {
      judge();
    }
  }

  /**
   * This host asked its broker to pause or to resume the delivery of frames. During a pause it
   * expects no frames. After the pause the silence of every host counts again from zero. Any
   * thread.
   */
  void receptionPaused(boolean on) {
    own.receptionPaused(on);
    membership.restartTerms();
    thread.execute(this::restartTerms);
  }

  private void restartTerms() {
    membership.restartTerms();
    own.restart(thread.nanoTime());
    inbox.heard();
  }

  /**
   * For how long the list of hosts may still be incomplete, because this host became UP less than a
   * second ago or is not UP; zero when the list can be trusted.
   */
  Duration unsettled() {
    if (events.state() != BackendState.UP) {
      return SETTLING;
    }
    long left = SETTLING.toNanos() - (thread.nanoTime() - upSinceNanos);
    return Duration.ofNanos(Math.max(0, left));
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
    return wasUp && (events.state() != BackendState.UP || (returned && !unsettled().isZero()));
  }

  /** Stops heartbeats and hellos. The state becomes CLOSED and does not change again. */
  void close() {
    closed = true;
    thread.execute(() -> events.become(BackendState.CLOSED, null));
    heardMyself.completeExceptionally(new ManagerException("manager: closed while it started"));
  }

  private void begin() {
    lastTickNanos = thread.nanoTime();
    lastHeartbeatNanos = lastTickNanos;
    if (broken.isEmpty()) {
      hello();
    }
    thread.schedule(START_TIMEOUT, () -> heardMyself.completeExceptionally(unheard()));
    tick();
  }

  private ManagerException unheard() {
    Throwable cause = publisher.window().lastFailure();
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
    if (events.state() == BackendState.UP) {
      HostId deaf = membership.removeDead();
      if (deaf != null) {
        events.become(BackendState.DEGRADED, remedies.unheardBy(deaf));
      }
    }
    if (inbox.lost(now, own.timelySentMillis())) {
      inboxLost();
    }
    // When a host is silent or an own frame was late, one more heartbeat decides: if it comes back
    // in time, this host hears well, and the silent host is dead.
    boolean doubtful = own.isLate() || membership.anySilent();
    if ((doubtful && !own.isAwaited())
        || now - lastHeartbeatNanos >= ClusterView.HEARTBEAT_AFTER.toNanos()) {
      heartbeat();
    }
  }

  private void inboxLost() {
    inbox.heard();
    inboxDeaf = true;
    events.become(BackendState.DEGRADED, remedies.inboxDeaf());
  }

  /**
   * Whether the state may become DEGRADED. A start without {@code keep-trying} fails with an
   * exception instead.
   */
  private boolean mayDegrade() {
    return events.state() != BackendState.STARTING || context.settings().keepTrying();
  }

  /**
   * No own frame has come back for {@link OwnFrames#CUT_OFF_AFTER}: the state becomes DEGRADED, and
   * the next remedy is tried.
   */
  private void cutOff(long now) {
    long since = own.awaitedSinceNanos();
    own.restart(now);
    events.become(BackendState.DEGRADED, remedies.cutOff(since, membership.heardOthersNanos()));
  }

  private void hello() {
    if (closed) {
      return; // Other hosts would list this host again after its goodbye.
    }
    returned |= wasUp;
    publisher.send(context.settings().allChannel(), membership.helloNow());
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
      publisher
          .send(context.settings().inboxOf(context.self()), membership.heartbeatNow())
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
      publisher
          .send(context.settings().allChannel(), membership.heartbeatNow())
          .whenComplete((done, failure) -> heartbeatQueued = false);
    }
  }
}
