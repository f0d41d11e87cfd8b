package io.starling.socketio.protocol;

import java.util.Set;

/** The event names that no application may use, in either direction. */
public final class ReservedEvents {
  private static final Set<String> NAMES =
      Set.of(
          "connect",
          "connect_error",
          "disconnect",
          "disconnecting",
          "newListener",
          "removeListener");

  private ReservedEvents() {}

  public static boolean contains(String name) {
    return NAMES.contains(name);
  }

  /**
   * Checks a name that the application chose.
   *
   * @throws IllegalArgumentException when it is reserved
   */
  public static void refuse(String name) {
    if (contains(name)) {
      throw new IllegalArgumentException("event: " + name + " (expected: a name not reserved)");
    }
  }
}
