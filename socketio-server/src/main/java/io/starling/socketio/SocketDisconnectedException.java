package io.starling.socketio;

import io.starling.manager.SocketId;

/** A client left before it sent the ack that the caller waits for. */
public final class SocketDisconnectedException extends RuntimeException {
  public SocketDisconnectedException(SocketId socket) {
    super("socket: " + socket + " disconnected (expected: its ack)");
  }
}
