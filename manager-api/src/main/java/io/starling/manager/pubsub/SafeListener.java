package io.starling.manager.pubsub;

import io.starling.manager.BackendState;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.Outage;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wraps the user's {@link ManagerListener}. Exceptions of the user's code are logged, so that they
 * do not reach the threads of manager and broker. The wrapper also counts the events, and sums up
 * each outage when it is over.
 */
final class SafeListener implements ManagerListener {
  private static final Logger LOG = LoggerFactory.getLogger(SafeListener.class);

  /**
   * An outage is summed up after the state has been UP for this time. Most repairs are done by
   * then. Messages that are given up later do not count in the sum.
   */
  private static final Duration REPAIRED_AFTER = Duration.ofSeconds(10);

  private final ManagerListener listener;
  private final BusCounters counters;
  private final ManagerThread thread;

  /** How often the state has changed. Only the publisher thread uses this field. */
  private int changes;

  /**
   * The outage that has not been summed up yet; null without one. Only the publisher thread uses
   * this field.
   */
  private @Nullable OpenOutage outage;

  /** The time and the values of the counters when an outage began. */
  private record OpenOutage(
      long beginNanos, long repaired, long missing, long failed, long refused) {}

  SafeListener(ManagerListener listener, BusCounters counters, ManagerThread thread) {
    this.listener = listener;
    this.counters = counters;
    this.thread = thread;
  }

  @Override
  public void stateChanged(BackendState state, @Nullable Throwable cause) {
    tell(l -> l.stateChanged(state, cause));
    boolean up = state == BackendState.UP;
    changes++;
    if (!up && outage == null && state != BackendState.CLOSED) {
      outage =
          new OpenOutage(
              thread.nanoTime(),
              counters.repaired.sum(),
              counters.missing.sum(),
              counters.publishFailures.sum(),
              counters.refused.sum());
    }
    OpenOutage open = outage;
    if (up && open != null) {
      int change = changes;
      Duration length = Duration.ofNanos(thread.nanoTime() - open.beginNanos());
      thread.schedule(
          REPAIRED_AFTER,
          () -> {
            if (changes == change) {
              outage = null;
              outageOver(sum(open, length));
            }
          });
    }
  }

  /** Returns what the counters have gained since the outage began. */
  private Outage sum(OpenOutage open, Duration length) {
    return new Outage(
        length,
        counters.repaired.sum() - open.repaired(),
        counters.missing.sum() - open.missing(),
        counters.publishFailures.sum() - open.failed(),
        counters.refused.sum() - open.refused());
  }

  @Override
  public void outageOver(Outage over) {
    tell(l -> l.outageOver(over));
  }

  @Override
  public void operationsRefused(long count) {
    tell(l -> l.operationsRefused(count));
  }

  @Override
  public void hostJoined(HostId host) {
    tell(l -> l.hostJoined(host));
  }

  @Override
  public void hostLeft(HostId host) {
    tell(l -> l.hostLeft(host));
  }

  @Override
  public void frameRejected(String channel, String reason) {
    counters.rejectedFrames.increment();
    tell(l -> l.frameRejected(channel, reason));
  }

  @Override
  public void messageSkipped(HostId origin, String reason) {
    counters.skippedMessages.increment();
    tell(l -> l.messageSkipped(origin, reason));
  }

  @Override
  public void duplicateDropped(HostId origin, long firstSeq, int count) {
    counters.duplicates.increment();
    tell(l -> l.duplicateDropped(origin, firstSeq, count));
  }

  @Override
  public void repaired(HostId origin, long from, long to) {
    counters.repaired.add(to - from + 1);
    tell(l -> l.repaired(origin, from, to));
  }

  @Override
  public void gap(HostId origin, long from, long to) {
    counters.missing.add(to - from + 1);
    tell(l -> l.gap(origin, from, to));
  }

  @Override
  public void publishFailed(Throwable cause) {
    tell(l -> l.publishFailed(cause));
  }

  @Override
  public void connectFailed(Throwable cause) {
    tell(l -> l.connectFailed(cause));
  }

  private void tell(Consumer<ManagerListener> event) {
    try {
      event.accept(listener);
    } catch (Throwable e) {
      LOG.warn("A manager listener threw; the event is lost", e);
    }
  }
}
