package io.starling.manager.pubsub;

import io.starling.manager.BackendState;
import io.starling.manager.BusCount;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.Outage;
import io.starling.manager.Tally;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that learns of every event of a manager or emitter. It counts the events, keeps the
 * {@link BackendState}, sums up each outage when it is over, and tells the user's {@link
 * ManagerListener}. Exceptions of the user's code are logged, so that they do not reach the threads
 * of manager and broker. Safe for any thread, except for {@link #become}.
 */
final class BusEvents implements BusDecoder.Faults {
  private static final Logger LOG = LoggerFactory.getLogger(BusEvents.class);

  /**
   * An outage is summed up after the state has been UP for this time. Most repairs are done by
   * then. Messages that are given up later do not count in the sum.
   */
  private static final Duration REPAIRED_AFTER = Duration.ofSeconds(10);

  private final ManagerListener listener;
  private final ManagerThread thread;
  private final Tally<BusCount> counts = new Tally<>(BusCount.class);

  /** Only the publisher thread writes this field. */
  private volatile BackendState state = BackendState.STARTING;

  /** How often the state has changed. Only the publisher thread uses this field. */
  private int changes;

  /**
   * The outage that has not been summed up yet; null without one. Only the publisher thread uses
   * this field.
   */
  private @Nullable OpenOutage outage;

  /** The time and the values of the counters when an outage began. */
  private record OpenOutage(long beginNanos, Map<BusCount, Long> before) {}

  BusEvents(ManagerListener listener, ManagerThread thread) {
    this.listener = listener;
    this.thread = thread;
  }

  Tally<BusCount> counts() {
    return counts;
  }

  BackendState state() {
    return state;
  }

  /**
   * Changes the state, unless it is CLOSED. Publisher thread only.
   *
   * @param cause why the connection is not UP; null without a reason
   */
  void become(BackendState next, @Nullable Throwable cause) {
    if (state == next || state == BackendState.CLOSED) {
      return;
    }
    state = next;
    changes++;
    tell(l -> l.stateChanged(next, cause));
    if (next == BackendState.UP) {
      sumUpLater();
    } else if (outage == null && next != BackendState.CLOSED) {
      outage = new OpenOutage(thread.nanoTime(), counts.sums());
    }
  }

  private void sumUpLater() {
    OpenOutage open = outage;
    if (open == null) {
      return;
    }
    int change = changes;
    Duration length = Duration.ofNanos(thread.nanoTime() - open.beginNanos());
    thread.schedule(
        REPAIRED_AFTER,
        () -> {
          if (changes == change) {
            outage = null;
            Outage over =
                new Outage(
                    length,
                    gained(open, BusCount.REPAIRED),
                    gained(open, BusCount.MISSING),
                    gained(open, BusCount.PUBLISH_FAILURES),
                    gained(open, BusCount.REFUSED));
            tell(l -> l.outageOver(over));
          }
        });
  }

  /** Returns what a counter has gained since the outage began. */
  private long gained(OpenOutage open, BusCount count) {
    return counts.sum(count) - open.before().getOrDefault(count, 0L);
  }

  @Override
  public void frameRejected(String channel, String reason) {
    counts.increment(BusCount.REJECTED_FRAMES);
    tell(l -> l.frameRejected(channel, reason));
  }

  @Override
  public void messageSkipped(HostId origin, String reason) {
    counts.increment(BusCount.SKIPPED_MESSAGES);
    tell(l -> l.messageSkipped(origin, reason));
  }

  void duplicateDropped(HostId origin, long firstSeq, int count) {
    counts.increment(BusCount.DUPLICATES);
    tell(l -> l.duplicateDropped(origin, firstSeq, count));
  }

  void repaired(HostId origin, long from, long to) {
    counts.add(BusCount.REPAIRED, to - from + 1);
    tell(l -> l.repaired(origin, from, to));
  }

  void gap(HostId origin, long from, long to) {
    counts.add(BusCount.MISSING, to - from + 1);
    tell(l -> l.gap(origin, from, to));
  }

  void connectFailed(Throwable cause) {
    tell(l -> l.connectFailed(cause));
  }

  /** Tells the user's listener of an event that is not counted here. */
  void tell(Consumer<ManagerListener> event) {
    try {
      event.accept(listener);
    } catch (Throwable e) {
      LOG.warn("A manager listener threw; the event is lost", e);
    }
  }
}
