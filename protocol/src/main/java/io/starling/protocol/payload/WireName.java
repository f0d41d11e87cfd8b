package io.starling.protocol.payload;

import static java.util.stream.Collectors.joining;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/** The rules for the names of namespaces, rooms and events. */
public final class WireName {
  /** The length of the longest name, in bytes of UTF-8. */
  public static final int MAX_BYTES = 1024;

  /** Event names that an official client treats as a parse error, which closes its connection. */
  private static final Set<String> RESERVED =
      Set.of(
          "connect",
          "connect_error",
          "disconnect",
          "disconnecting",
          "newListener",
          "removeListener");

  private WireName() {}

  /**
   * Checks a name.
   *
   * @param what the kind of the name, such as {@code room}; the message of an exception begins with
   *     this word
   * @return the name
   * @throws IllegalArgumentException when the name holds a lone surrogate or is longer than {@link
   *     #MAX_BYTES}
   */
  public static String require(String what, String name) {
    if (!WireText.isWellFormed(name)) {
      throw new IllegalArgumentException(what + ": a lone surrogate (expected: valid Unicode)");
    }
    // A char takes at most three bytes in UTF-8, so that a short name need not be encoded.
    if (name.length() > MAX_BYTES / 3 && name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      String start = name.codePoints().limit(20).mapToObj(Character::toString).collect(joining());
      throw new IllegalArgumentException(
          what + ": \"" + start + "…\" (expected: at most " + MAX_BYTES + " bytes in UTF-8)");
    }
    return name;
  }

  /**
   * Checks the name of an event.
   *
   * @return the name
   * @throws IllegalArgumentException in the cases of {@link #require}, and for the six names that
   *     the protocol reserves (Socket.IO protocol v5, "event"): connect, connect_error, disconnect,
   *     disconnecting, newListener and removeListener
   */
  public static String requireEvent(String name) {
    if (RESERVED.contains(name)) {
      throw new IllegalArgumentException(
          "event: " + name + " (expected: not one of the reserved names)");
    }
    return require("event", name);
  }
}
