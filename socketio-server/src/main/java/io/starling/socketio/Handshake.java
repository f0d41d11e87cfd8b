package io.starling.socketio;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a client brought when it connected.
 *
 * @param auth what it sent for this namespace; an empty object when nothing
 * @param headers the header fields of its first HTTP request; look-up ignores case
 * @param query the query parameters of that request, decoded
 * @param address the client, or the one that a trusted proxy names
 * @param secure whether the client, or a trusted proxy for it, uses TLS
 * @param time when the request arrived
 */
public record Handshake(
    ObjectNode auth,
    Map<String, List<String>> headers,
    Map<String, List<String>> query,
    InetSocketAddress address,
    boolean secure,
    Instant time) {
  /**
   * A field of {@link #auth} as text.
   *
   * @return null when it is missing, null, an array or an object
   */
  public @Nullable String auth(String field) {
    return auth.path(field).isValueNode() && !auth.path(field).isNull()
        ? auth.path(field).asString()
        : null;
  }

  /** The first value of a header field, or null. */
  public @Nullable String header(String name) {
    return first(headers.get(name));
  }

  /** The first value of a query parameter, or null. */
  public @Nullable String query(String name) {
    return first(query.get(name));
  }

  private static @Nullable String first(@Nullable List<String> values) {
    return values == null || values.isEmpty() ? null : values.get(0);
  }
}
