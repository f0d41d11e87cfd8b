package io.starling.manager;

/**
 * The public id of one socket: one client in one namespace. Unique in the cluster, and the name of
 * the room that every socket is in from the start.
 *
 * @param value the id on the wire, not empty
 */
public record SocketId(String value) {
  public SocketId {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("socket id: \"\" (expected: at least one character)");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
