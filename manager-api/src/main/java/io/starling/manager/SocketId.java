package io.starling.manager;

/**
 * The public id of a socket, which stands for one client in one namespace. The id is unique in the
 * cluster. It is also the name of a room that the socket is always in.
 *
 * @param value the {@code sid} of the Socket.IO protocol; not empty
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
