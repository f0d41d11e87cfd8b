package io.starling.manager;

import java.time.Duration;

/** A client did not acknowledge an event in time. */
public final class AckTimeoutException extends ManagerException {
  public AckTimeoutException(SocketId socket, Duration timeout) {
    super("ack of " + socket + ": none (expected: within " + timeout.toMillis() + " ms)");
  }
}
