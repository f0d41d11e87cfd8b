package io.starling.socketio.internal;

import io.starling.socketio.ConnectRefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Why a client is not let in.
 *
 * @param message what the client is told
 * @param data what it is told beside; null for none
 * @param cause what the listener is told beside; null for none
 */
record Refusal(String message, @Nullable Object data, @Nullable Throwable cause) {
  static final Refusal UNKNOWN_NAMESPACE = new Refusal("Invalid namespace", null, null);

  /** What the user's code threw; the client is told of it what the user wants it to know. */
  static Refusal of(Throwable cause) {
    return cause instanceof ConnectRefusedException refused
        ? new Refusal(String.valueOf(refused.getMessage()), refused.data(), cause)
        : new Refusal("Connection refused", null, cause);
  }
}
