package io.starling.manager;

/** An operation does not fit into one bus frame. Nothing was delivered anywhere. */
public final class MessageTooLargeException extends ManagerException {
  public MessageTooLargeException(long bytes, long maxBytes) {
    super("message: " + bytes + " bytes (expected: at most " + maxBytes + ")");
  }
}
