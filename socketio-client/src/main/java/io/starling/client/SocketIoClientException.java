package io.starling.client;

import org.jspecify.annotations.Nullable;

/** The root of the exceptions of this client. */
public abstract class SocketIoClientException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SocketIoClientException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
