package io.starling.examples.chat;

import io.starling.socketio.Socket;

/**
 * The rooms of the chat. On the server their names have a prefix. The id of every socket is a room,
 * too, and without the prefix a client could join the room of another client.
 */
final class Rooms {
  static final String LOBBY = "lobby";
  private static final String PREFIX = "room:";
  private static final int MOST_ROOMS = 10;

  /** The name that a room has on the server. */
  static String key(String room) {
    return PREFIX + room;
  }

  static boolean has(Socket socket, String room) {
    return socket.rooms().contains(key(room));
  }

  String join(Socket socket, String room) {
    long joined = socket.rooms().stream().filter(key -> key.startsWith(PREFIX)).count();
    if (joined >= MOST_ROOMS) {
      throw new IllegalArgumentException(
          "rooms: " + (joined + 1) + " (expected: at most " + MOST_ROOMS + " at once)");
    }
    if (!has(socket, room)) {
      socket.join(key(room));
      tell(socket, "joined", room);
    }
    return room;
  }

  String leave(Socket socket, String room) {
    if (room.equals(LOBBY)) {
      throw new IllegalArgumentException("room: lobby (expected: another; all are in the lobby)");
    }
    if (has(socket, room)) {
      socket.leave(key(room));
      tell(socket, "left", room);
    }
    return room;
  }

  /** Tells the other members of a room that a visitor has joined or left. */
  void tell(Socket socket, String what, String room) {
    Visitor who = Visitor.of(socket);
    socket.to(key(room)).emit(what, new Move(who.socket(), who.name(), who.host(), room));
  }

  private record Move(String socket, String name, Host host, String room) {}
}
