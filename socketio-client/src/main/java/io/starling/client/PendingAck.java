package io.starling.client;

import io.starling.protocol.payload.EventPayload;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An ack that somebody waits for. */
abstract class PendingAck {
  final Duration timeout;

  /** Guarded by the client's lock. */
  long deadlineNanos;

  /** The id in the event that was sent; null while it was not. Guarded by the client's lock. */
  @Nullable Long id;

  PendingAck(Duration timeout) {
    this.timeout = timeout;
  }

  /** Called once, without a lock: with the answer, or with the reason why there is none. */
  abstract void done(@Nullable EventPayload answer, @Nullable Throwable failure);
}
