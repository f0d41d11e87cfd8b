package io.starling.manager;

import org.jspecify.annotations.Nullable;

/**
 * The root of what a manager throws, or completes a stage with. Its message names the broker
 * without credentials.
 */
public class ManagerException extends RuntimeException {
  public ManagerException(String message) {
    super(message);
  }

  public ManagerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
