package io.starling.examples.chat;

import io.starling.socketio.Socket;
import java.util.Objects;

/**
 * A person in the chat, and the server to which this person is connected.
 *
 * @param socket the id of the socket
 */
record Visitor(String socket, String name, Host host) {
  private static final String ATTRIBUTE = "visitor";

  /** The visitor whose socket this is. The socket must have been welcomed. */
  static Visitor of(Socket socket) {
    return Objects.requireNonNull(socket.session().get(ATTRIBUTE, Visitor.class), "not welcomed");
  }

  void attachTo(Socket socket) {
    socket.session().put(ATTRIBUTE, this);
  }
}
