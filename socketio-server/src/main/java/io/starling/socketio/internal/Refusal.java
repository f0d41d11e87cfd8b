package io.starling.socketio.internal;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Why a client is not let in.
 *
 * @param message what the client is told
 * @param data what it is told beside, written already; null for none
 * @param cause what the listener is told beside; null for none
 */
record Refusal(String message, @Nullable JsonNode data, @Nullable Throwable cause) {
  static final Refusal UNKNOWN_NAMESPACE = new Refusal("Invalid namespace", null, null);
  static final Refusal TOO_MANY_NAMESPACES = new Refusal("Too many namespaces", null, null);
}
