package io.starling.client;

import java.time.Duration;

/** The server did not acknowledge an event in time. */
public final class AckTimeoutException extends SocketIoClientException {
  private static final long serialVersionUID = 1L;

  AckTimeoutException(Duration timeout) {
    super("ack: none (expected: within " + timeout.toMillis() + " ms)", null);
  }
}
