package io.starling.engineio.protocol;

/** Bytes from a client that are no Engine.IO packet. Carries no stack trace: it is cheap. */
public final class MalformedPacketException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedPacketException(String message) {
    super(message, null, false, false);
  }
}
