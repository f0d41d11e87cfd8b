package io.starling.engineio;

import io.starling.engineio.SessionExecutor.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What waits for all clients of a server that do not take their messages at once. When it is more
 * than the bound, the clients for whom a byte has waited longest are given up until it fits: a few
 * at a time behind each message, or in a task each while there are no messages, so that the other
 * clients of the loop do not wait for that.
 *
 * <p>A message counts once for each event loop that holds it, however many clients share it.
 */
final class ClientQueues {
  /** As many clients are given up in one task, or this part of them if that is more. */
  private static final int BATCH = 16;

  private static final int PART_OF_ALL = 64;

  /** What a loop counts by itself before it tells the others, at most. */
  private static final long MAX_UNTOLD_BYTES = 4096;

  private static final Duration MAX_CHECK_INTERVAL = Duration.ofSeconds(1);
  private static final int CHECKS_IN_TIMEOUT = 30;
  private static final long NO_CLIENT = Long.MAX_VALUE;

  private final long maxBytes;
  private final long untoldBytes;
  private final Duration checkInterval;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicBoolean relieving = new AtomicBoolean();
  private final Map<SessionExecutor, OnLoop> loops = new ConcurrentHashMap<>();

  ClientQueues(EngineIoConfig config) {
    this.maxBytes = config.maxQueuedBytesTotal();
    this.untoldBytes = Math.min(MAX_UNTOLD_BYTES, maxBytes / 64);
    Duration part = config.slowConsumerTimeout().dividedBy(CHECKS_IN_TIMEOUT);
    this.checkInterval = part.compareTo(MAX_CHECK_INTERVAL) < 0 ? part : MAX_CHECK_INTERVAL;
  }

  /** The queues of one event loop. */
  OnLoop on(SessionExecutor loop) {
    OnLoop known = loops.get(loop);
    return known == null ? loops.computeIfAbsent(loop, OnLoop::new) : known;
  }

  /** What waits, as far as the loops have told. Any thread. */
  long bytes() {
    return bytes.get();
  }

  /** Gives up some clients of a loop if too much waits. On the loop. */
  void relieve(SessionExecutor loop) {
    if (tooMuch()) {
      on(loop).giveUpSome();
    }
  }

  /** Gives up all clients that something waits for. Any thread. */
  void giveUpAll() {
    loops.values().forEach(each -> each.loop.execute(each::giveUpAll));
  }

  private boolean tooMuch() {
    return bytes.get() > maxBytes;
  }

  private void told(long change) {
    if (bytes.addAndGet(change) > maxBytes && relieving.compareAndSet(false, true)) {
      relieve();
    }
  }

  /** Goes on at the loop where a byte has waited longest, one loop at a time. */
  private void relieve() {
    OnLoop next = null;
    long oldest = NO_CLIENT;
    for (OnLoop candidate : loops.values()) {
      long since = candidate.oldestNanos;
      if (since < oldest) {
        next = candidate;
        oldest = since;
      }
    }
    if (next == null || !tooMuch() || !next.loop.tryExecute(next::giveUpOldest)) {
      relieving.set(false);
    }
  }

  /** The clients of one event loop for whom something waits. Confined to the loop. */
  final class OnLoop {
    final SessionExecutor loop;
    private final Runnable check = this::checkAll;
    private final Set<EngineIoSession> behind = new LinkedHashSet<>();
    private @Nullable Cancellable timer;
    private long untold;

    /** Since when the oldest byte waits, or earlier; read by other loops. */
    private volatile long oldestNanos = NO_CLIENT;

    private OnLoop(SessionExecutor loop) {
      this.loop = loop;
    }

    void add(EngineIoSession session, long sinceNanos) {
      if (behind.isEmpty()) {
        oldestNanos = sinceNanos;
      }
      behind.add(session);
      arm();
    }

    void remove(EngineIoSession session) {
      behind.remove(session);
      if (behind.isEmpty()) {
        // In this order: while its bytes count, another loop must not think that its own are older.
        tell();
        oldestNanos = NO_CLIENT;
        // The timer stays until it fires: a message must not cost one.
      }
    }

    /** Counts what came or went. */
    void count(long change) {
      untold += change;
      if (Math.abs(untold) > untoldBytes || behind.isEmpty()) {
        tell();
      }
    }

    private void tell() {
      long change = untold;
      if (change != 0) {
        untold = 0;
        told(change);
      }
    }

    private void giveUpOldest() {
      try {
        giveUpSome();
      } finally {
        relieve();
      }
    }

    private void giveUpSome() {
      tell();
      long others = oldestOfOthers();
      if (oldestNanos > others) {
        return; // Another loop has the client that goes first.
      }
      List<EngineIoSession> order = inOrder();
      int most = Math.max(BATCH, order.size() / PART_OF_ALL);
      for (EngineIoSession session : order.subList(0, Math.min(most, order.size()))) {
        if (!tooMuch() || session.waitingSinceNanos() > others) {
          break;
        }
        session.giveUp();
        tell();
      }
      findOldest();
    }

    private void giveUpAll() {
      List.copyOf(behind).forEach(EngineIoSession::giveUp);
    }

    /** Mostly in order already: clients are added when their first byte begins to wait. */
    private List<EngineIoSession> inOrder() {
      List<EngineIoSession> order = new ArrayList<>(behind);
      order.sort(Comparator.comparingLong(EngineIoSession::waitingSinceNanos));
      return order;
    }

    private long oldestOfOthers() {
      long oldest = NO_CLIENT;
      for (OnLoop other : loops.values()) {
        if (other != this) {
          oldest = Math.min(oldest, other.oldestNanos);
        }
      }
      return oldest;
    }

    private void findOldest() {
      long oldest = NO_CLIENT;
      for (EngineIoSession session : behind) {
        oldest = Math.min(oldest, session.waitingSinceNanos());
      }
      oldestNanos = oldest;
    }

    private void checkAll() {
      timer = null;
      try {
        List.copyOf(behind).forEach(EngineIoSession::checkProgress);
        findOldest();
      } finally {
        arm();
      }
    }

    private void arm() {
      if (timer == null && !behind.isEmpty()) {
        timer = loop.schedule(checkInterval, check);
      }
    }
  }
}
