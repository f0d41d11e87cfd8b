package io.starling.manager;

/**
 * Why a host's part of an answer is not complete.
 *
 * @param reason what became of it
 * @param answered how many of its clients answered
 * @param expected how many it said it asked; 0 when it said nothing
 */
public record MissingHost(Reason reason, int answered, int expected) {
  /** What became of a host that owes an answer. */
  public enum Reason {
    /** Nothing came from it in time. */
    TIMED_OUT,
    /** It stopped, or was silent for so long that it counts as dead. */
    LEFT,
    /** Some of its clients timed out or disconnected. */
    INCOMPLETE
  }
}
