package io.starling.socketio;

import org.jspecify.annotations.Nullable;

/**
 * The answer to one event. Its methods may be called from any thread, also after the handler of the
 * event has returned.
 */
public interface Ack {
  /** Whether the sender of the event waits for an answer. */
  boolean expected();

  /**
   * Sends the answer. Does nothing when the sender of the event does not wait for an answer, or is
   * no longer connected. Never blocks.
   *
   * @param arguments anything that {@link io.starling.manager.BroadcastOperator#emit} takes
   * @throws IllegalStateException when this answer was sent before
   * @throws IllegalArgumentException when JSON cannot represent an argument. Nothing was sent then,
   *     and this method may be called again
   */
  void send(@Nullable Object... arguments);
}
