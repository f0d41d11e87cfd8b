package io.starling.examples.chat;

import io.starling.socketio.Socket;
import java.util.Objects;

/**
 * Someone in the chat, and the server that serves them.
 *
 * @param socket the socket's id
 */
record Visitor(String socket, String name, Host host) {
  private static final String ATTRIBUTE = "visitor";

  /** The one behind a socket that was welcomed. */
  static Visitor of(Socket socket) {
    return Objects.requireNonNull(socket.session().get(ATTRIBUTE, Visitor.class), "not welcomed");
  }

  void attachTo(Socket socket) {
    socket.session().put(ATTRIBUTE, this);
  }
}
