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
 * Counts the bytes that wait for all slow clients of a server and enforces {@link
 * EngineIoConfig#maxQueuedBytesTotal}. While the total is above this bound, the server disconnects
 * the clients for whom a byte has waited longest.
 *
 * <p>One step disconnects only a few clients, so that the other clients of the event loop are not
 * delayed. A step runs after each delivered message, and in tasks of its own until the total is
 * within the bound.
 *
 * <p>A message that several clients share counts once for each event loop that holds the message.
 */
final class ClientQueues {
  /**
   * One step disconnects at most this many clients, or one in {@link #PART_OF_ALL} of the slow
   * clients of the loop if that is more.
   */
  private static final int BATCH = 16;

  private static final int PART_OF_ALL = 64;

  /** The most bytes that a loop counts on its own before it adds them to the shared total. */
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
    return loops.computeIfAbsent(loop, OnLoop::new);
  }

  /** The waiting bytes that the loops have added to the shared total so far. Any thread. */
  long bytes() {
    return bytes.get();
  }

  /** Disconnects all clients for whom bytes wait, in a task on each loop. Any thread. */
  void giveUpAll() {
    loops.values().forEach(each -> each.loop.execute(each::giveUpAll));
  }

  /** Whether the total is above the bound. Any thread. */
  boolean tooMuch() {
    return bytes.get() > maxBytes;
  }

  /**
   * Queues the next step on the loop where a byte has waited longest. Only one loop at a time runs
   * such a step. Any thread.
   */
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

  /**
   * The clients of one event loop for whom bytes wait. Only this loop uses the object, except where
   * a field says otherwise.
   */
  final class OnLoop {
    final SessionExecutor loop;
    private final Runnable check = this::checkAll;
    private final Set<ClientWriter> behind = new LinkedHashSet<>();
    private @Nullable Cancellable timer;
    private long untold;

    /**
     * The time at which the oldest waiting byte began to wait. The value may be too early, but
     * never too late. Only this loop writes the field; all loops read it.
     */
    private volatile long oldestNanos = NO_CLIENT;

    private OnLoop(SessionExecutor loop) {
      this.loop = loop;
    }

    void add(ClientWriter client, long sinceNanos) {
      if (behind.isEmpty()) {
        oldestNanos = sinceNanos;
      }
      behind.add(client);
      arm();
    }

    void remove(ClientWriter client) {
      behind.remove(client);
      if (behind.isEmpty()) {
        // First the bytes, then the time. Otherwise another loop could see these bytes in the
        // total, take its own clients for the oldest, and disconnect one of them.
        tell();
        oldestNanos = NO_CLIENT;
        // The timer stays set until it fires. Setting one for each message would be expensive.
      }
    }

    /**
     * Counts bytes that began or ceased to wait.
     *
     * @param change positive for bytes that began to wait
     */
    void count(long change) {
      untold += change;
      if (Math.abs(untold) > untoldBytes || behind.isEmpty()) {
        tell();
      }
    }

    private void tell() {
      long change = untold;
      untold = 0;
      if (change != 0
          && bytes.addAndGet(change) > maxBytes
          && relieving.compareAndSet(false, true)) {
        relieve();
      }
    }

    private void giveUpOldest() {
      try {
        giveUpSome();
      } finally {
        relieve();
      }
    }

    /** Disconnects some clients, if one of this loop has waited longest. */
    void giveUpSome() {
      tell();
      long others = oldestOfOthers();
      if (oldestNanos > others) {
        return; // The client that has waited longest is on another loop.
      }
      // The set is nearly sorted already: a client is added when its first byte begins to wait.
      List<ClientWriter> order = new ArrayList<>(behind);
      order.sort(Comparator.comparingLong(ClientWriter::waitingSinceNanos));
      int most = Math.max(BATCH, order.size() / PART_OF_ALL);
      for (ClientWriter client : order.subList(0, Math.min(most, order.size()))) {
        if (!tooMuch() || client.waitingSinceNanos() > others) {
          break;
        }
        client.session.giveUp();
        tell();
      }
      findOldest();
    }

    private void giveUpAll() {
      List.copyOf(behind).forEach(client -> client.session.giveUp());
    }

    private long oldestOfOthers() {
      return loops.values().stream()
          .filter(other -> other != this)
          .mapToLong(other -> other.oldestNanos)
          .min()
          .orElse(NO_CLIENT);
    }

    private void findOldest() {
      oldestNanos =
          behind.stream().mapToLong(ClientWriter::waitingSinceNanos).min().orElse(NO_CLIENT);
    }

    private void checkAll() {
      timer = null;
      try {
        List.copyOf(behind).forEach(ClientWriter::checkProgress);
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
