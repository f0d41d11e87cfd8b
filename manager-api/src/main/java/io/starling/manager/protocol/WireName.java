package io.starling.manager.protocol;

import static java.util.stream.Collectors.joining;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/** What the names of namespaces, rooms and events may be. */
public final class WireName {
  /** The longest name, in bytes of UTF-8. */
  public static final int MAX_BYTES = 1024;

  /** Clients take an event with one of these names for an attack and hang up. */
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
   * @param what what the name is for, for the message
   * @return the name
   * @throws IllegalArgumentException when it holds a lone surrogate or is longer than {@link
   *     #MAX_BYTES}
   */
  public static String require(String what, String name) {
    if (!WireText.isWellFormed(name)) {
      throw new IllegalArgumentException(what + ": a lone surrogate (expected: valid Unicode)");
    }
    // Up to a third of the bound it fits whatever it holds.
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
   * @throws IllegalArgumentException as {@link #require}, and for the six names that the protocol
   *     keeps for itself (Socket.IO protocol v5, "event")
   */
  public static String requireEvent(String name) {
    if (RESERVED.contains(name)) {
      throw new IllegalArgumentException(
          "event: " + name + " (expected: not one of the reserved names)");
    }
    return require("event", name);
  }
}
