package io.starling.socketio;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a {@link ConnectHandler}, a middleware or a {@link NamespacePredicate} to refuse a
 * client. The message and the data of the exception are sent to the client.
 */
public final class ConnectRefusedException extends RuntimeException {
  private final transient @Nullable Object data;

  /** Refuses a client with a message and without data. */
  public ConnectRefusedException(String message) {
    this(message, null);
  }

  /**
   * Refuses a client with a message and data.
   *
   * @param data any value that JSON can represent; null for no data. Data that cannot be
   *     represented is left out, and the failure is logged
   */
  public ConnectRefusedException(String message, @Nullable Object data) {
    super(message);
    this.data = data;
  }

  /** The data that the client finds as {@code error.data}; null for none. */
  public @Nullable Object data() {
    return data;
  }
}
