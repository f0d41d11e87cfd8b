package io.starling.protocol.socketio;

/**
 * Thrown when a client violates the Socket.IO protocol. The caller closes the client's connection.
 * The exception's message names the part of the packet that is wrong and the expected value.
 */
public final class MalformedPacketException extends RuntimeException {
  public MalformedPacketException(String message) {
    super(message);
  }

  MalformedPacketException(String message, Throwable cause) {
    super(message, cause);
  }
}
