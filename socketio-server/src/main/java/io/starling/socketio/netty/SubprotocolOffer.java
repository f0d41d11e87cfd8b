package io.starling.socketio.netty;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The {@code Sec-WebSocket-Protocol} fields of a client: RFC 6455, section 4.1. */
final class SubprotocolOffer {
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  private SubprotocolOffer() {}

  /** Whether they are a list of tokens that differ. No field at all is one, too. */
  static boolean acceptable(List<String> fields) {
    Set<String> names = new HashSet<>();
    for (String name : names(fields)) {
      if (!name.matches(TOKEN) || !names.add(name)) {
        return false;
      }
    }
    return true;
  }

  /** The one that the client likes best: to this server they are all the same. */
  static Optional<String> first(List<String> fields) {
    return fields.isEmpty() ? Optional.empty() : Optional.of(names(fields)[0]);
  }

  private static String[] names(List<String> fields) {
    String list = String.join(",", fields).strip();
    return fields.isEmpty() ? new String[0] : list.split("[ \\t]*,[ \\t]*", -1);
  }
}
