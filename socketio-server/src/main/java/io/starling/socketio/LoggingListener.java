package io.starling.socketio;

import io.starling.manager.BackendState;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of what would go unnoticed otherwise. */
final class LoggingListener implements SocketIoListener, ManagerListener {
  private static final Logger LOG = LoggerFactory.getLogger(SocketIoServer.class);
  private static final Logger MANAGER_LOG = LoggerFactory.getLogger(ManagerListener.class);

  /** A manager that cannot start says so itself. */
  private volatile boolean started;

  @Override
  public void connectRefused(
      String namespace, Handshake handshake, String message, @Nullable Throwable cause) {
    if (cause == null || cause instanceof ConnectRefusedException) {
      LOG.debug("connect to {} from {} refused: {}", namespace, handshake.address(), message);
    } else {
      LOG.error("connect to {} from {} refused", namespace, handshake.address(), cause);
    }
  }

  @Override
  public void packetRefused(Handshake handshake, String fault) {
    LOG.debug("connection of {} closed: {}", handshake.address(), fault);
  }

  @Override
  public void certificateRefused(String fault) {
    LOG.error("certificate not changed: {}", fault);
  }

  @Override
  public void handshakeRefused(Handshake handshake, String fault) {
    LOG.debug("request of {} refused: {}", handshake.address(), fault);
  }

  @Override
  public void eventRefused(Socket socket, String event, Throwable cause) {
    LOG.warn("event {} refused, {}: {}", event, socket.id(), cause.toString());
  }

  @Override
  public void handlerFailed(Socket socket, String handler, Throwable cause) {
    String namespace = socket.namespace().name();
    LOG.error("handler of {} failed, socket {} in {}", handler, socket.id(), namespace, cause);
  }

  @Override
  public void stateChanged(BackendState state, @Nullable Throwable cause) {
    if (state == BackendState.UP) {
      started = true;
    }
    if (state == BackendState.DOWN || state == BackendState.DEGRADED) {
      MANAGER_LOG.warn("manager is {}: {}", state, cause == null ? "no cause" : cause.getMessage());
    } else {
      MANAGER_LOG.debug("manager is {}", state);
    }
  }

  @Override
  public void hostJoined(HostId host) {
    MANAGER_LOG.debug("host {} joined", host);
  }

  @Override
  public void hostLeft(HostId host) {
    MANAGER_LOG.debug("host {} left", host);
  }

  @Override
  public void frameRejected(String channel, String reason) {
    MANAGER_LOG.warn("frame on {} dropped: {}", channel, reason);
  }

  @Override
  public void messageSkipped(HostId origin, String reason) {
    MANAGER_LOG.warn("message of {} skipped: {}", origin, reason);
  }

  @Override
  public void gap(HostId origin, long from, long to) {
    MANAGER_LOG.warn("messages {} to {} of {} are lost", from, to, origin);
  }

  @Override
  public void publishFailed(Throwable cause) {
    if (started) {
      MANAGER_LOG.warn("operation not published: {}", cause.getMessage());
    }
  }
}
