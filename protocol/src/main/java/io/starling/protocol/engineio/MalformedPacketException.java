package io.starling.protocol.engineio;

/**
 * Thrown for bytes from a client that are not an Engine.IO packet. It has no stack trace, so that
 * clients who send such bytes cost little.
 */
public final class MalformedPacketException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedPacketException(String message) {
    super(message, null, false, false);
  }
}
