package io.starling.manager;

/**
 * An operation does not fit into one broker message. It reached no client, not even a client of
 * this process.
 */
public final class MessageTooLargeException extends ManagerException {
  public MessageTooLargeException(long bytes, long maxBytes) {
    super("message: " + bytes + " bytes (expected: at most " + maxBytes + ")");
  }
}
