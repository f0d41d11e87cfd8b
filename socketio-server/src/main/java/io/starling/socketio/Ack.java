package io.starling.socketio;

import org.jspecify.annotations.Nullable;

/** The answer to one event. Safe for any thread; may outlive the handler. */
public interface Ack {
  /** Whether the client waits for an answer. */
  boolean expected();

  /**
   * Answers. Does nothing when the client does not wait, or is gone. Never blocks.
   *
   * @throws IllegalStateException when it was sent before
   * @throws IllegalArgumentException when an argument cannot be represented; it can be sent again
   */
  void send(@Nullable Object... arguments);
}
