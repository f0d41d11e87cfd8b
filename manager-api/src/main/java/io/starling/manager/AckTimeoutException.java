package io.starling.manager;

import java.time.Duration;

/** One client did not acknowledge in time. */
public final class AckTimeoutException extends ManagerException {
  public AckTimeoutException(SocketId socket, Duration timeout) {
    super("ack of " + socket + ": none (expected: within " + timeout.toMillis() + " ms)");
  }
}
