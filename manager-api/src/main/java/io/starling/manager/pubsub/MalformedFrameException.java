package io.starling.manager.pubsub;

import org.jspecify.annotations.Nullable;

/** Bytes from the bus are not what the protocol says. */
final class MalformedFrameException extends Exception {
  MalformedFrameException(String message) {
    super(message);
  }

  MalformedFrameException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
