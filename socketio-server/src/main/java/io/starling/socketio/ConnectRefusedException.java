package io.starling.socketio;

import org.jspecify.annotations.Nullable;

/** Thrown by a {@link ConnectHandler} to refuse a client, which is told message and data. */
public final class ConnectRefusedException extends RuntimeException {
  private final transient @Nullable Object data;

  /** Refuses with a message alone. */
  public ConnectRefusedException(String message) {
    this(message, null);
  }

  /**
   * Refuses.
   *
   * @param data whatever can be written as JSON; null for none
   */
  public ConnectRefusedException(String message, @Nullable Object data) {
    super(message);
    this.data = data;
  }

  /** What the client finds as {@code error.data}; null for none. */
  public @Nullable Object data() {
    return data;
  }
}
