package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.HeldFrames.Held;
import io.starling.manager.pubsub.PubSubMessage.Departed;
import io.starling.manager.pubsub.PubSubMessage.Nack;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the messages of one origin on the channel to all: each once, and in the order of their
 * numbers. A frame that arrives behind a hole (numbers that are missing) is held while the origin
 * is asked to repeat the missing messages. If no repair arrives for 20 s, the holes are reported as
 * missing and the held frames are delivered. The time is 10 s for an origin that is silent since
 * this host was cut off.
 *
 * <p>Safe for any thread. The lock of this object guards all fields. Nothing is sent, reported or
 * delivered while the lock is held. One thread at a time delivers; other threads add to its {@link
 * DeliveryQueue}. A frame that is next in order while no thread delivers is not copied.
 */
final class OriginStream {
  /**
   * After this time without any repair the missing messages are given up. A sender may be cut off
   * itself: it notices after 10 s, and needs up to 4 s to connect and 2 s of back-off. Senders keep
   * their frames for {@link SentFrames#MAX_AGE}, which is longer.
   */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /**
   * The same time for an origin that was not heard since this host was cut off, and may be dead.
   */
  static final Duration PATIENCE_WITH_SILENCE = Duration.ofSeconds(10);

  /**
   * The same time for an origin that cannot be asked to repeat. Frames that are already on their
   * way may still arrive.
   */
  private static final Duration GRACE = Duration.ofSeconds(1);

  /** How often the missing messages are asked for again. */
  private static final Duration ASK_AGAIN = Duration.ofMillis(500);

  private final HostId origin;
  private final OriginRegistry registry;
  private final OriginClock clock = new OriginClock();

  /** The frames that are held behind a hole. */
  private final HeldFrames held = new HeldFrames();

  private final DeliveryQueue deliveries;

  /** The number of the last message that was delivered, queued for delivery, or given up. */
  private long mark;

  /**
   * The highest message number that the origin is known to have used. Every number after the mark,
   * up to this one, that is not held is missing.
   */
  private long known;

  /** The last number that the origin had used before this host began to listen to it. */
  private long before;

  /**
   * Whether the origin began while this host was cut off. Messages that other hosts heard before
   * this one began to listen are then reported as missing.
   */
  private boolean owedBefore;

  /**
   * The latest message number of the origin as the origin itself or another host first named it,
   * before any frame arrived; −1 if neither did. Delivery begins after this number at the latest.
   */
  private long expectedAfter = -1;

  /** The number of the last message before the origin's goodbye; −1 if it said none. */
  private long leftWith = -1;

  /** Whether {@code mark}, {@code known} and {@code before} have been set. */
  private boolean begun;

  /**
   * Whether a live host reported that this origin is dead, and no frame of the origin came since.
   */
  private boolean saidGone;

  /** Whether a frame of the origin arrived since this host was last connected again. */
  private boolean heardSinceReturn;

  /** Whether the origin has answered a hello of this host. */
  private boolean answered;

  /** The highest number that was repaired since the origin was last asked; −1 if none was. */
  private long repeatedTo = -1;

  /** When a repair last arrived, or the wait for repairs began. */
  private long progressNanos;

  /**
   * When a frame of the origin last arrived. Volatile, because it is also read without the lock.
   */
  private volatile long heardNanos;

  /** The timer of the next {@link #check()}; null while nothing is missing. */
  private ManagerThread.@Nullable Cancellable deadline;

  OriginStream(HostId origin, OriginRegistry registry, boolean owedBefore) {
    this.origin = origin;
    this.registry = registry;
    this.deliveries = new DeliveryQueue(this, registry);
    this.owedBefore = owedBefore;
    this.heardNanos = now();
  }

  /**
   * A frame of the origin arrived.
   *
   * @param repeated whether the frame is a repair that this host asked for
   */
  void receive(Header header, List<ByteBuffer> messages, boolean repeated) {
    List<Nack> asks = List.of();
    boolean claimed;
    boolean duplicate = false;
    synchronized (this) {
      if (repeated && !begun) {
        return;
      }
      hear(header, repeated);
      if (!begun) {
        long first = header.firstSeq() - 1;
        begin(expectedAfter < 0 ? first : Math.min(first, expectedAfter));
      }
      if (header.lastSeq() > mark && !held.contains(header.firstSeq())) {
        asks = place(header, messages, repeated);
      } else {
        duplicate = !repeated;
      }
      claimed = deliveries.claim();
    }
    ask(asks);
    if (duplicate) {
      events().duplicateDropped(origin, header.firstSeq(), header.count());
    }
    if (claimed) {
      deliveries.drain();
    }
  }

  /**
   * Queues a frame that is next in order, or holds a frame that is behind a hole.
   *
   * @return the hole right before the frame; empty without one, or if it was known before
   */
  private List<Nack> place(Header header, List<ByteBuffer> messages, boolean repeated) {
    boolean early = header.firstSeq() > mark + 1;
    if (early && hold(header, messages, repeated)) {
      return newHole(header);
    }
    if (early && deliveries.isDelivering() && registry.canRepeat(origin)) {
      leave(header);
    } else {
      giveUpBefore(header.firstSeq());
      take(header, messages, repeated);
    }
    return List.of();
  }

  private void hear(Header header, boolean repeated) {
    heardNanos = now();
    heardSinceReturn = true;
    saidGone = false;
    if (!repeated) {
      clock.heard(nowMillis(), header.sentAtMillis());
    }
  }

  /** A frame without numbers arrived in the inbox of this host. */
  synchronized void heardAlone(Header header) {
    hear(header, false);
  }

  private void begin(long after) {
    begun = true;
    mark = after;
    known = after;
    before = after;
  }

  /**
   * Updates the highest known number. Returns the hole right before this frame, or nothing when
   * that hole was known before.
   */
  private List<Nack> newHole(Header header) {
    long expected = known + 1;
    known = Math.max(known, header.lastSeq());
    return header.firstSeq() > expected
        ? List.of(new Nack(expected, header.firstSeq() - 1))
        : List.of();
  }

  /**
   * Holds a frame behind a hole. Returns false when the origin cannot repeat the missing messages,
   * or too much is held already.
   */
  private boolean hold(Header header, List<ByteBuffer> messages, boolean repeated) {
    Held copy = registry.canRepeat(origin) ? registry.copy(header, messages) : null;
    if (copy == null) {
      return false;
    }
    if (repeated) {
      progress(header);
    }
    held.add(copy);
    awaitProgress();
    return true;
  }

  /** Queues a frame that is next in order, without the messages that were delivered before. */
  private void take(Header header, List<ByteBuffer> messages, boolean repeated) {
    if (repeated) {
      progress(header);
    }
    long from = mark + 1;
    if (deliveries.add(header, messages, (int) (from - header.firstSeq()))) {
      if (repeated) {
        deliveries.add(() -> events().repaired(origin, from, header.lastSeq()));
      }
      mark = header.lastSeq();
      known = Math.max(known, mark);
      deliverHeld();
    } else {
      leave(header);
    }
  }

  /**
   * Drops a frame because no memory is left to hold or queue it. The frame counts as missing, and
   * is asked for again later.
   */
  private void leave(Header header) {
    known = Math.max(known, header.lastSeq());
    awaitProgress();
  }

  /** A repair arrived, so the wait begins again. */
  private void progress(Header header) {
    progressNanos = now();
    repeatedTo = Math.max(repeatedTo, header.lastSeq());
  }

  /**
   * An origin named its latest message number. Every later message is owed to this host, and every
   * earlier one that it lacks, unless this is the first that it hears of the origin. What is
   * missing is asked for at once.
   */
  void reached(long seq) {
    List<Nack> asks;
    synchronized (this) {
      heardBefore(seq);
      asks = begun ? extend(seq) : List.of();
    }
    ask(asks);
  }

  /**
   * Another host had heard the origin up to this number before this host began to listen. This host
   * is not owed these messages.
   */
  synchronized void heardBefore(long seq) {
    if (!begun && expectedAfter < 0) {
      expectedAfter = seq;
    }
  }

  /**
   * Other hosts heard these messages while this host was cut off, so this host must get them or
   * report them as missing.
   *
   * @param alive whether the origin may be asked for them, because the host that named it lists it
   *     as alive
   */
  void owed(long from, long to, boolean alive) {
    synchronized (this) {
      if (!begun) {
        begin(expectedAfter < 0 ? from - 1 : expectedAfter);
        owedBefore |= expectedAfter < 0;
      }
      if (owedBefore && from <= before) {
        report(from, before);
        before = from - 1;
      }
      saidGone |= !alive && !heardSinceReturn;
      extend(to);
    }
    deliveries.run();
  }

  /** Raises the highest known number. Returns the numbers that are missing now in addition. */
  private List<Nack> extend(long seq) {
    if (seq <= known) {
      return List.of();
    }
    List<Nack> asks = List.of(new Nack(known + 1, seq));
    known = seq;
    progressNanos = now();
    awaitProgress();
    return asks;
  }

  /** The origin no longer has these messages: they are reported as missing. */
  void gone(long from, long to) {
    synchronized (this) {
      if (from <= mark + 1) {
        giveUpBefore(Math.min(to, known) + 1);
        deliverHeld();
      }
    }
    deliveries.run();
  }

  /** The origin said goodbye; {@code lastSeq} is the number of its last message before that. */
  synchronized void left(long lastSeq) {
    leftWith = lastSeq;
  }

  /** Returns whether the origin has answered an earlier hello, and notes that it answers now. */
  synchronized boolean answeredBefore() {
    boolean was = answered;
    answered = true;
    return was;
  }

  /**
   * What this host heard of the origin, for another host that was cut off; null if it heard
   * nothing.
   */
  synchronized @Nullable Departed known() {
    long last = leftWith >= 0 ? leftWith : known;
    return begun && last > before ? new Departed(origin, last, before + 1) : null;
  }

  /** How many milliseconds later than other frames of the origin this frame arrived. */
  synchronized long lateMillis(Header header) {
    return clock.lateMillis(nowMillis(), header.sentAtMillis());
  }

  long heardNanos() {
    return heardNanos;
  }

  /** Whether messages are missing, or deliveries are still queued. */
  synchronized boolean isMissingAnything() {
    return mark < known || !deliveries.isEmpty();
  }

  /**
   * A connection of this host is restored: the wait for repairs begins again, and everything that
   * is missing is asked for at once.
   */
  void returned() {
    List<Nack> asks;
    synchronized (this) {
      heardNanos = now();
      progressNanos = heardNanos;
      heardSinceReturn = false;
      asks = held.holes(mark + 1, known);
    }
    ask(asks);
  }

  /** Delivers the held frames, and reports everything that is missing. */
  void giveUp() {
    synchronized (this) {
      giveUpBefore(known + 1);
    }
    deliveries.run();
  }

  /** Starts the timer for missing messages, unless it runs already. */
  private void awaitProgress() {
    if (deadline == null) {
      progressNanos = now();
      deadline = registry.context.thread().schedule(ASK_AGAIN, this::check);
    }
  }

  /**
   * Runs every 500 ms while messages are missing: asks for them again, because the question or its
   * answer may be lost, or gives them up.
   */
  private void check() {
    List<Nack> asks = List.of();
    synchronized (this) {
      deadline = null;
      if (mark < known) {
        if (!registry.hears()) {
          progressNanos = now();
        } else if (now() - progressNanos >= patience().toNanos()) {
          giveUpBefore(known + 1);
        } else if (registry.canRepeat(origin)) {
          // Repairs come in order. Whatever lies beyond the last repair is still on its way.
          asks = held.holes(mark + 1, repeatedTo < 0 ? known : repeatedTo);
        }
        repeatedTo = -1;
        if (mark < known) {
          deadline = registry.context.thread().schedule(ASK_AGAIN, this::check);
        }
      }
    }
    ask(asks);
    deliveries.runInTurns(registry.context.thread());
  }

  /** How long a hole may last without any repair. */
  private Duration patience() {
    if (saidGone || !registry.canRepeat(origin)) {
      return GRACE;
    }
    return heardSinceReturn ? PATIENCE : PATIENCE_WITH_SILENCE;
  }

  private void ask(List<Nack> ranges) {
    ranges.forEach(range -> registry.askAgain(origin, range.from(), range.to()));
  }

  /**
   * Delivers the held frames that begin before this number, and reports the missing messages before
   * it.
   */
  private void giveUpBefore(long seq) {
    while (!held.isEmpty() && held.firstSeq() < seq) {
      loseUpTo(held.firstSeq() - 1);
      deliverHeld();
    }
    loseUpTo(seq - 1);
  }

  /**
   * Queues the held frames that are next in order. Stops the timer when nothing is missing any
   * more.
   */
  private void deliverHeld() {
    while (!held.isEmpty() && held.firstSeq() <= mark + 1) {
      Held next = held.poll();
      if (next.header().lastSeq() > mark) {
        deliveries.add(next, (int) (mark + 1 - next.header().firstSeq()));
        mark = next.header().lastSeq();
      } else {
        registry.released(next.bytes());
      }
    }
    if (mark >= known && deadline != null) {
      deadline.cancel();
      deadline = null;
    }
  }

  /** Reports everything after the mark, up to this number, as missing. */
  private void loseUpTo(long to) {
    if (to > mark) {
      report(mark + 1, to);
      mark = to;
      known = Math.max(known, mark);
    }
  }

  private void report(long from, long to) {
    deliveries.add(() -> events().gap(origin, from, to));
  }

  private BusEvents events() {
    return registry.context.events();
  }

  private long now() {
    return registry.context.thread().nanoTime();
  }

  private long nowMillis() {
    return now() / 1_000_000;
  }
}
