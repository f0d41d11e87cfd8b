package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.HeldFrames.Held;
import io.starling.manager.pubsub.PubSubMessage.Departed;
import io.starling.manager.pubsub.PubSubMessage.Nack;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One origin as a receiver sees it, on the channel that everybody hears: delivers its messages once
 * and in the order of their numbers. Frames behind a hole are held back while the origin is asked
 * to repeat what is missing; if nothing moves for 20 s, or for 10 s while the origin is silent
 * after an outage, the holes are reported and the held frames are delivered.
 *
 * <p>Safe for any thread. The lock of this object guards all fields, and nothing is sent, reported
 * or delivered under it: one thread at a time delivers, and drains the queue of what others add
 * meanwhile. A frame that is next while nobody delivers is neither copied nor queued.
 */
final class OriginStream {
  private static final Logger LOG = LoggerFactory.getLogger(OriginStream.class);

  /**
   * Longer than a host takes to notice that it is deaf, 10 s, and to be connected again, 4 s and a
   * back-off of 2 s. A sender keeps what it sent for {@link SentFrames#MAX_AGE}, which is longer.
   */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /** For an origin that was not heard since this host was cut off itself, and may be gone. */
  static final Duration PATIENCE_WITH_SILENCE = Duration.ofSeconds(10);

  /** For an origin that nobody can ask: what is on its way by another channel may still come. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private static final Duration ASK_AGAIN = Duration.ofMillis(500);

  private final HostId origin;
  private final OriginStreams streams;
  private final OriginClock clock = new OriginClock();

  /** Frames behind a hole. */
  private final HeldFrames held = new HeldFrames();

  /** Deliveries and reports in their order. */
  private final Queue<Runnable> steps = new ArrayDeque<>();

  /** Whether a thread is delivering; that thread alone takes steps. */
  private boolean delivering;

  /** The last number that was delivered, or given up. */
  private long mark;

  /** The highest number that the origin is known to have used. What lacks up to it is missing. */
  private long known;

  /** Numbers up to this one were used before this host listened. */
  private long before;

  /** Whether this host was cut off when the origin began, so that it is owed numbers before. */
  private boolean owedBefore;

  /** Where the first frame must follow at the latest; −1 when nobody said. */
  private long expectedAfter = -1;

  /** The last number before the origin's goodbye; −1 when there was none. */
  private long leftWith = -1;

  private boolean begun;

  /** Whether a host that is alive says that this origin is not, and nothing shows the contrary. */
  private boolean saidGone;

  private boolean heardSinceReturn;
  private boolean answered;

  /** The highest number that was repeated since the last time of asking; −1 when none was. */
  private long repeatedTo = -1;

  private long progressNanos;
  private volatile long heardNanos;
  private ManagerThread.@Nullable Cancellable deadline;

  OriginStream(HostId origin, OriginStreams streams, boolean owedBefore) {
    this.origin = origin;
    this.streams = streams;
    this.owedBefore = owedBefore;
    this.heardNanos = now();
  }

  /**
   * A frame of the origin.
   *
   * @param repeated whether it came because it was asked for
   */
  void receive(Header header, List<ByteBuffer> messages, boolean repeated) {
    boolean mine;
    boolean duplicate;
    int direct = -1;
    Nack ask = null;
    synchronized (this) {
      if (repeated && !begun) {
        return;
      }
      hear(header, repeated);
      if (!begun) {
        long first = header.firstSeq() - 1;
        begin(expectedAfter < 0 ? first : Math.min(first, expectedAfter));
      }
      mine = !delivering;
      duplicate = header.lastSeq() <= mark || held.contains(header.firstSeq());
      if (duplicate) {
        mine = false;
      } else if (header.firstSeq() > mark + 1 && hold(header, messages, repeated)) {
        ask = newHole(header);
      } else if (delivering && header.firstSeq() > mark + 1 && streams.canRepeat(origin)) {
        leave(header);
      } else {
        giveUpBefore(header.firstSeq());
        direct = take(header, messages, repeated);
      }
      mine = mine && (direct >= 0 || !steps.isEmpty());
      delivering |= mine;
    }
    if (duplicate && !repeated) {
      listener().duplicateDropped(origin, header.firstSeq(), header.count());
    }
    if (ask != null) {
      streams.askAgain(origin, ask.from(), ask.to());
    }
    if (direct >= 0) {
      deliver(header, messages.subList(direct, messages.size()));
    }
    if (mine) {
      drain();
    }
  }

  private void hear(Header header, boolean repeated) {
    heardNanos = now();
    heardSinceReturn = true;
    saidGone = false;
    if (!repeated) {
      clock.heard(nowMillis(), header.sentAtMillis());
    }
  }

  /** A frame without numbers came, to this host alone. */
  synchronized void heardAlone(Header header) {
    hear(header, false);
  }

  private void begin(long after) {
    begun = true;
    mark = after;
    known = after;
    before = after;
  }

  /** The hole right before a frame that is the highest so far; null when that hole is known. */
  private @Nullable Nack newHole(Header header) {
    long expected = known + 1;
    known = Math.max(known, header.lastSeq());
    return header.firstSeq() > expected ? new Nack(expected, header.firstSeq() - 1) : null;
  }

  /** Returns false when it is not worth while: nobody can repeat, or too much is held already. */
  private boolean hold(Header header, List<ByteBuffer> messages, boolean repeated) {
    if (!streams.canRepeat(origin) || !streams.reserve(HeldFrames.bytes(messages))) {
      return false;
    }
    if (repeated) {
      progress(header);
    }
    held.add(Held.copyOf(header, messages));
    awaitProgress();
    return true;
  }

  /**
   * Takes the frame that is next.
   *
   * @return how many of its messages were delivered before, for the caller to deliver the others
   *     now; −1 when the frame is queued
   */
  private int take(Header header, List<ByteBuffer> messages, boolean repeated) {
    int skip = (int) (mark + 1 - header.firstSeq());
    if (repeated) {
      progress(header);
      long from = mark + 1;
      steps.add(() -> listener().repaired(origin, from, header.lastSeq()));
    }
    boolean direct = !delivering && steps.isEmpty();
    if (!direct && !enqueue(header, messages, skip)) {
      leave(header);
      return -1;
    }
    mark = header.lastSeq();
    known = Math.max(known, mark);
    deliverHeld();
    return direct ? skip : -1;
  }

  /** There is no room for a frame behind a delivery: it is asked for when there is. */
  private void leave(Header header) {
    known = Math.max(known, header.lastSeq());
    awaitProgress();
  }

  /** Only a thread that drains the queue in this very call may leave the broker's buffers in it. */
  private boolean enqueue(Header header, List<ByteBuffer> messages, int skip) {
    if (!delivering) {
      steps.add(() -> deliver(header, messages.subList(skip, messages.size())));
      return true;
    }
    if (!streams.reserve(HeldFrames.bytes(messages))) {
      return false;
    }
    enqueue(Held.copyOf(header, messages), skip);
    return true;
  }

  private void enqueue(Held frame, int skip) {
    steps.add(
        () -> {
          try {
            deliver(frame.header(), frame.messages().subList(skip, frame.messages().size()));
          } finally {
            streams.released(frame.bytes());
          }
        });
  }

  private void progress(Header header) {
    progressNanos = now();
    repeatedTo = Math.max(repeatedTo, header.lastSeq());
  }

  /** The origin says that it is as far as this: what is missing is asked for at once. */
  void reached(long seq) {
    Nack ask;
    synchronized (this) {
      if (!begun) {
        expectedAfter = expectedAfter < 0 ? seq : expectedAfter;
        return;
      }
      ask = extend(seq);
    }
    if (ask != null) {
      streams.askAgain(origin, ask.from(), ask.to());
    }
  }

  /** Another host had heard so much of the origin before this host began to listen. */
  synchronized void heardBefore(long seq) {
    if (!begun && expectedAfter < 0) {
      expectedAfter = seq;
    }
  }

  /**
   * This host is owed these numbers: others heard them while it was cut off.
   *
   * @param alive whether the origin may be asked for them, as far as the host knows that says it
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
    deliverSteps();
  }

  private @Nullable Nack extend(long seq) {
    if (seq <= known) {
      return null;
    }
    Nack ask = new Nack(known + 1, seq);
    known = seq;
    progressNanos = now();
    awaitProgress();
    return ask;
  }

  /** The origin does not have these any more. */
  void gone(long from, long to) {
    synchronized (this) {
      if (from <= mark + 1) {
        while (mark < Math.min(to, known)) {
          long next = held.isEmpty() ? known : held.firstSeq() - 1;
          loseUpTo(Math.min(Math.min(to, known), next));
          deliverHeld();
        }
      }
    }
    deliverSteps();
  }

  /** The origin said goodbye, after this number. */
  synchronized void left(long lastSeq) {
    leftWith = lastSeq;
  }

  /** Whether this host answered a hello before. */
  synchronized boolean answeredBefore() {
    boolean was = answered;
    answered = true;
    return was;
  }

  /** What was heard of the origin, for another host that missed it; null when nothing was. */
  synchronized @Nullable Departed known() {
    long last = leftWith >= 0 ? leftWith : known;
    return begun && last > before ? new Departed(origin, last, before + 1) : null;
  }

  /** How late a frame is, beside others of its origin. */
  synchronized long lateMillis(Header header) {
    return clock.lateMillis(nowMillis(), header.sentAtMillis());
  }

  long heardNanos() {
    return heardNanos;
  }

  synchronized boolean isMissingAnything() {
    return mark < known || !steps.isEmpty();
  }

  /** A connection is back: everything has a full term, and what is missing is asked for at once. */
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

  /** Delivers what is held and reports all that is missing. */
  void giveUp() {
    synchronized (this) {
      giveUpBefore(known + 1);
    }
    deliverSteps();
  }

  private void awaitProgress() {
    if (deadline == null) {
      progressNanos = now();
      armDeadline();
    }
  }

  private void armDeadline() {
    deadline = streams.context().thread().schedule(ASK_AGAIN, this::check);
  }

  /** The question or its answer may have been lost too, so it is asked again. */
  private void check() {
    List<Nack> asks = List.of();
    synchronized (this) {
      deadline = null;
      if (mark < known) {
        if (!streams.hears()) {
          progressNanos = now();
        } else if (now() - progressNanos >= patience().toNanos()) {
          giveUpBefore(known + 1);
        } else if (streams.canRepeat(origin)) {
          // Answers come in order: what lies beyond the last one is on its way.
          asks = held.holes(mark + 1, repeatedTo < 0 ? known : repeatedTo);
        }
        repeatedTo = -1;
        if (mark < known) {
          armDeadline();
        }
      }
    }
    ask(asks);
    deliverInTurns();
  }

  private Duration patience() {
    if (saidGone || !streams.canRepeat(origin)) {
      return GRACE;
    }
    return heardSinceReturn ? PATIENCE : PATIENCE_WITH_SILENCE;
  }

  private void ask(List<Nack> ranges) {
    ranges.forEach(range -> streams.askAgain(origin, range.from(), range.to()));
  }

  /** What is missing before this number is lost, and what is held before it is delivered. */
  private void giveUpBefore(long seq) {
    while (!held.isEmpty() && held.firstSeq() < seq) {
      loseUpTo(held.firstSeq() - 1);
      deliverHeld();
    }
    loseUpTo(seq - 1);
  }

  private void deliverHeld() {
    while (!held.isEmpty() && held.firstSeq() <= mark + 1) {
      Held next = held.poll();
      if (next.header().lastSeq() > mark) {
        enqueue(next, (int) (mark + 1 - next.header().firstSeq()));
        mark = next.header().lastSeq();
      } else {
        streams.released(next.bytes());
      }
    }
    if (mark >= known && deadline != null) {
      deadline.cancel();
      deadline = null;
    }
  }

  private void loseUpTo(long to) {
    if (to > mark) {
      report(mark + 1, to);
      mark = to;
      known = Math.max(known, mark);
    }
  }

  private void report(long from, long to) {
    steps.add(() -> listener().gap(origin, from, to));
  }

  private void deliver(Header header, List<ByteBuffer> messages) {
    try {
      streams.deliver(header, messages);
    } catch (RuntimeException | Error e) {
      LOG.error("A frame of {} was lost by a defect", origin, e);
    }
  }

  private ManagerListener listener() {
    return streams.context().listener();
  }

  /** Takes all steps, if no other thread does. */
  private void deliverSteps() {
    synchronized (this) {
      if (delivering || steps.isEmpty()) {
        return;
      }
      delivering = true;
    }
    drain();
  }

  private void drain() {
    for (Runnable step = next(); step != null; step = next()) {
      step.run();
    }
  }

  private synchronized @Nullable Runnable next() {
    Runnable step = steps.poll();
    delivering = step != null;
    return step;
  }

  /** Takes one step in each turn of the publisher's thread, which has more to do than this. */
  private void deliverInTurns() {
    Runnable step;
    synchronized (this) {
      step = delivering ? null : next();
    }
    if (step != null) {
      step.run();
      synchronized (this) {
        delivering = false;
      }
      streams.context().thread().execute(this::deliverInTurns);
    }
  }

  private long now() {
    return streams.context().thread().nanoTime();
  }

  private long nowMillis() {
    return now() / 1_000_000;
  }
}
