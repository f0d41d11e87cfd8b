package io.starling.socketio.internal;

import io.starling.protocol.socketio.SocketIoPacket;
import io.starling.socketio.ConnectRefusedException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

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

  private static final Logger LOG = LoggerFactory.getLogger(Refusal.class);

  /**
   * Turns an exception of the application into a refusal. The client gets the message and data of a
   * {@link ConnectRefusedException}. Of any other exception it gets only "Connection refused". Do
   * not call this method on an event loop, because the application's JSON mapper encodes the data.
   */
  static Refusal of(Throwable cause, Endpoint endpoint) {
    return cause instanceof ConnectRefusedException refused
        ? new Refusal(
            String.valueOf(refused.getMessage()), encoded(refused.data(), endpoint), cause)
        : new Refusal("Connection refused", null, cause);
  }

  private static @Nullable JsonNode encoded(@Nullable Object data, Endpoint endpoint) {
    if (data == null) {
      return null;
    }
    try {
      return endpoint.codec().decode(endpoint.hostCodec().encodeArguments(List.of(data))).node(0);
    } catch (Throwable e) {
      LOG.error("data of a refusal left out", e);
      return null;
    }
  }

  /**
   * The CONNECT_ERROR packet that tells a client why it is not let in. Its payload is an object
   * with {@code message} and, if the refusal has data, {@code data} (Socket.IO protocol, revision
   * 5).
   */
  SocketIoPacket packet(String namespace) {
    ObjectNode payload = JsonNodeFactory.instance.objectNode().put("message", message);
    if (data != null) {
      payload.set("data", data);
    }
    return new SocketIoPacket.ConnectError(namespace, payload);
  }
}
