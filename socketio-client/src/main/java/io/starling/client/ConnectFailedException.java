package io.starling.client;

import io.starling.protocol.payload.Arguments;
import org.jspecify.annotations.Nullable;

/**
 * The client could not be connected: the server cannot be reached, does not speak Socket.IO, or
 * refused the client. The message says which.
 */
public final class ConnectFailedException extends SocketIoClientException {
  private static final long serialVersionUID = 1L;

  private final boolean refused;
  private final transient @Nullable Arguments data;

  ConnectFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.refused = false;
    this.data = null;
  }

  /** The same failure, with the stack trace of the thread that waited for the connect. */
  ConnectFailedException(ConnectFailedException failure) {
    super(String.valueOf(failure.getMessage()), failure);
    this.refused = failure.refused;
    this.data = failure.data;
  }

  ConnectFailedException(String message, Arguments data) {
    super(message, null);
    this.refused = true;
    this.data = data;
  }

  /**
   * Whether the server refused the client in a namespace. The message of this exception is the
   * server's then, and the client does not try again by itself.
   */
  public boolean refused() {
    return refused;
  }

  /**
   * The data that the server sent with its refusal.
   *
   * @return null if there is none
   * @throws IllegalArgumentException when the data cannot be converted to the class
   */
  public <T> @Nullable T data(Class<T> type) {
    return data == null ? null : data.get(0, type);
  }
}
