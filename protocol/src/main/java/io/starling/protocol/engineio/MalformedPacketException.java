package io.starling.protocol.engineio;

/**
 * Thrown for bytes from a client that are not a packet of Engine.IO, or that violate the Socket.IO
 * protocol. The caller closes the client's connection. The message names the part of the packet
 * that is wrong and the expected value. The exception has no stack trace, so that clients who send
 * such bytes cost little.
 */
public final class MalformedPacketException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MalformedPacketException(String message) {
    super(message, null, false, false);
  }
}
