package io.starling.socketio;

import io.starling.manager.BackendState;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of what would go unnoticed otherwise. */
final class ManagerLog implements ManagerListener {
  private static final Logger LOG = LoggerFactory.getLogger(ManagerListener.class);

  /** A manager that cannot start says so itself. */
  private volatile boolean started;

  @Override
  public void stateChanged(BackendState state, @Nullable Throwable cause) {
    if (state == BackendState.UP) {
      started = true;
    }
    if (state == BackendState.DOWN || state == BackendState.DEGRADED) {
      LOG.warn("manager is {}: {}", state, cause == null ? "no cause" : cause.getMessage());
    } else {
      LOG.debug("manager is {}", state);
    }
  }

  @Override
  public void hostJoined(HostId host) {
    LOG.debug("host {} joined", host);
  }

  @Override
  public void hostLeft(HostId host) {
    LOG.debug("host {} left", host);
  }

  @Override
  public void frameRejected(String channel, String reason) {
    LOG.warn("frame on {} dropped: {}", channel, reason);
  }

  @Override
  public void messageSkipped(HostId origin, String reason) {
    LOG.warn("message of {} skipped: {}", origin, reason);
  }

  @Override
  public void gap(HostId origin, long from, long to) {
    LOG.warn("messages {} to {} of {} are lost", from, to, origin);
  }

  @Override
  public void publishFailed(Throwable cause) {
    if (started) {
      LOG.warn("operation not published: {}", cause.getMessage());
    }
  }
}
