package io.starling.socketio.netty;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Negotiates the WebSocket extension permessage-deflate; see RFC 7692, section 7.1. */
final class DeflateOffer {
  private static final String NAME = "permessage-deflate";
  private static final String NO_CONTEXT = "server_no_context_takeover; client_no_context_takeover";
  private static final String SERVER_WINDOW = "server_max_window_bits";

  private DeflateOffer() {}

  /**
   * Returns the response to the first offer that this server can meet; empty if it can meet none.
   * The response rules out in both directions that one message is compressed with the history of
   * earlier ones.
   *
   * @param fields the values of the request's {@code Sec-WebSocket-Extensions} fields
   */
  static Optional<String> accept(List<String> fields) {
    for (String field : fields) {
      for (String offer : field.toLowerCase(Locale.ROOT).split(",", -1)) {
        Optional<String> response = acceptOne(offer.split(";", -1));
        if (response.isPresent()) {
          return response;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> acceptOne(String[] parts) {
    if (!parts[0].strip().equals(NAME)) {
      return Optional.empty();
    }
    Set<String> seen = new HashSet<>();
    String response = NAME + "; " + NO_CONTEXT;
    for (int i = 1; i < parts.length; i++) {
      String[] parameter = parts[i].replace("\"", "").split("=", 2);
      String name = parameter[0].strip();
      String value = parameter.length > 1 ? parameter[1].strip() : "";
      if (!seen.add(name) || !valid(name, value)) {
        return Optional.empty();
      } else if (name.equals(SERVER_WINDOW)) {
        response += "; " + SERVER_WINDOW + "=15";
      }
    }
    return Optional.of(response);
  }

  /**
   * Whether the server can meet a parameter of an offer. {@code Deflater} compresses with the
   * largest window only, which is 15 bits. {@code Inflater} reads every window, so the client may
   * choose.
   */
  private static boolean valid(String name, String value) {
    return switch (name) {
      case "server_no_context_takeover", "client_no_context_takeover" -> value.isEmpty();
      case SERVER_WINDOW -> value.equals("15");
      case "client_max_window_bits" -> value.matches("|[89]|1[0-5]");
      default -> false;
    };
  }
}
