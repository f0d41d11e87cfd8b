package io.starling.integration.contract;

import io.starling.manager.BackendState;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Records what a manager reports, as one line of text for each report. */
public final class RecordingListener implements ManagerListener {
  private final List<String> events = new CopyOnWriteArrayList<>();

  /** The reports so far, in order, such as {@code state UP} or {@code gap 4-6}. */
  public List<String> events() {
    return List.copyOf(events);
  }

  @Override
  public void stateChanged(BackendState state, @Nullable Throwable cause) {
    events.add("state " + state);
  }

  @Override
  public void hostJoined(HostId host) {
    events.add("joined " + host);
  }

  @Override
  public void hostLeft(HostId host) {
    events.add("left " + host);
  }

  @Override
  public void frameRejected(String channel, String reason) {
    events.add("rejected " + reason);
  }

  @Override
  public void messageSkipped(HostId origin, String reason) {
    events.add("skipped " + reason);
  }

  @Override
  public void duplicateDropped(HostId origin, long firstSeq, int count) {
    events.add("duplicate " + firstSeq + " x" + count);
  }

  @Override
  public void repaired(HostId origin, long from, long to) {
    events.add("repaired " + from + "-" + to);
  }

  @Override
  public void gap(HostId origin, long from, long to) {
    events.add("gap " + from + "-" + to);
  }

  @Override
  public void publishFailed(Throwable cause) {
    events.add("failed " + cause.getMessage());
  }
}
