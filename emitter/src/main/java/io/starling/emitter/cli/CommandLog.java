package io.starling.emitter.cli;

import io.starling.manager.BackendState;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.Outage;
import org.jspecify.annotations.Nullable;

/**
 * Logs what an emitter logs, except what the commands print themselves: that no server received an
 * operation.
 */
final class CommandLog implements ManagerListener {
  private final ManagerListener log = ManagerListener.logging("emitter");

  @Override
  public void stateChanged(BackendState state, @Nullable Throwable cause) {
    log.stateChanged(state, cause);
  }

  @Override
  public void connectFailed(Throwable cause) {
    log.connectFailed(cause);
  }

  @Override
  public void frameRejected(String channel, String reason) {
    log.frameRejected(channel, reason);
  }

  @Override
  public void messageSkipped(HostId origin, String reason) {
    log.messageSkipped(origin, reason);
  }

  @Override
  public void operationsRefused(long count) {
    log.operationsRefused(count);
  }

  @Override
  public void outageOver(Outage outage) {
    log.outageOver(outage);
  }

  @Override
  public void publishFailed(Throwable cause) {
    log.publishFailed(cause);
  }
}
