package io.starling.manager.pubsub;

import io.starling.manager.BackendState;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a user's listener throws away from the threads that must go on. */
final class SafeListener implements ManagerListener {
  private static final Logger LOG = LoggerFactory.getLogger(SafeListener.class);

  private final ManagerListener listener;
  private final BusCounters counters;

  SafeListener(ManagerListener listener, BusCounters counters) {
    this.listener = listener;
    this.counters = counters;
  }

  @Override
  public void stateChanged(BackendState state, @Nullable Throwable cause) {
    tell(l -> l.stateChanged(state, cause));
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
