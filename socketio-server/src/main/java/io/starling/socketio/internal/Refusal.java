package io.starling.socketio.internal;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Why a client is not let into a namespace.
 *
 * @param message the message that the client gets in CONNECT_ERROR
 * @param data the data that the client gets with the message, encoded already; null for none
 * @param cause the exception that the listener gets with the message; null if no exception caused
 *     the refusal
 */
record Refusal(String message, @Nullable JsonNode data, @Nullable Throwable cause) {
  static final Refusal UNKNOWN_NAMESPACE = new Refusal("Invalid namespace", null, null);
  static final Refusal TOO_MANY_NAMESPACES = new Refusal("Too many namespaces", null, null);
}
