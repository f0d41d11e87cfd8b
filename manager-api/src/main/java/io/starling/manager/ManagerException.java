package io.starling.manager;

import org.jspecify.annotations.Nullable;

/**
 * The base class of the failures that a manager or emitter throws, or completes a stage with. A
 * message that names the broker holds no credentials.
 */
public class ManagerException extends RuntimeException {
  public ManagerException(String message) {
    super(message);
  }

  public ManagerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
