package io.starling.client;

import org.jspecify.annotations.Nullable;

/**
 * The answer to one event of the server. Its methods may be called from any thread, also after the
 * handler of the event has returned.
 */
public interface Ack {
  /** Whether the server waits for an answer. */
  boolean expected();

  /**
   * Sends the answer. Does nothing when the server does not wait for an answer, or when the socket
   * has been disconnected since the event arrived.
   *
   * @param arguments anything that {@link SocketOperator#emit} takes
   * @throws IllegalStateException when this answer was sent before
   * @throws IllegalArgumentException when JSON cannot represent an argument. Nothing was sent then,
   *     and this method may be called again
   * @throws EmitRefusedException when too much waits for the connection already
   */
  void send(@Nullable Object... arguments);
}
