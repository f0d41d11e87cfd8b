package io.starling.socketio;

import io.starling.manager.SocketId;

/** A socket left before it answered. */
public final class SocketDisconnectedException extends RuntimeException {
  public SocketDisconnectedException(SocketId socket) {
    super("socket: " + socket + " disconnected (expected: its ack)");
  }
}
