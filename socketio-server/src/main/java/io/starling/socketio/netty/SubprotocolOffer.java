package io.starling.socketio.netty;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The subprotocols that a client offers in its {@code Sec-WebSocket-Protocol} fields; see RFC 6455,
 * section 4.1.
 */
final class SubprotocolOffer {
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  private SubprotocolOffer() {}

  /**
   * Whether the fields are a list of tokens that all differ. It is also acceptable if there is no
   * field.
   */
  static boolean acceptable(List<String> fields) {
    if (fields.isEmpty()) {
      return true;
    }
    Set<String> names = new HashSet<>();
    for (String name : names(fields)) {
      if (!name.matches(TOKEN) || !names.add(name)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The offered subprotocol that the client prefers, which is the first one; empty if it offers
   * none. The server accepts any subprotocol, since the name makes no difference to it.
   */
  static Optional<String> first(List<String> fields) {
    return fields.isEmpty() ? Optional.empty() : Optional.of(names(fields)[0]);
  }

  private static String[] names(List<String> fields) {
    return String.join(",", fields).strip().split("[ \\t]*,[ \\t]*", -1);
  }
}
