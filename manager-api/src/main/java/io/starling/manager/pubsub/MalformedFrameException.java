package io.starling.manager.pubsub;

import org.jspecify.annotations.Nullable;

/** Thrown when bytes from the bus do not follow the bus protocol. */
final class MalformedFrameException extends Exception {
  MalformedFrameException(String message) {
    super(message);
  }

  MalformedFrameException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
