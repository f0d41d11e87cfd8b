package io.starling.socketio.protocol;

/** The peer broke the protocol: its connection is to be closed. The message says where. */
public final class MalformedPacketException extends RuntimeException {
  public MalformedPacketException(String message) {
    super(message);
  }

  MalformedPacketException(String message, Throwable cause) {
    super(message, cause);
  }
}
