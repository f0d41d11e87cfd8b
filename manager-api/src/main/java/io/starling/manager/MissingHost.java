package io.starling.manager;

/**
 * Why a host's part of an answer is not complete.
 *
 * @param reason what became of it
 * @param answered how many of its clients answered, or parts of its answer came
 * @param expected how many it said there are; 0 when it said nothing
 */
public record MissingHost(Reason reason, int answered, int expected) {
  /** What became of a host that owes an answer. */
  public enum Reason {
    /** Nothing came from it in time. */
    TIMED_OUT,
    /** It stopped, or was silent for so long that it counts as dead. */
    LEFT,
    /**
     * Some of its clients timed out or disconnected, some of its parts did not come, or something
     * that came of it cannot be read.
     */
    INCOMPLETE,
    /** It has no handler for the server event. */
    NO_HANDLER,
    /** Its handler failed. */
    FAILED,
    /**
     * The host that asked was not connected to the others, or its broker did not take the question.
     * A host that is cut off and knows of no other names itself.
     */
    UNREACHABLE
  }

  /** The same, but so many of what it answered cannot be used. */
  MissingHost without(int unreadable) {
    return new MissingHost(reason, answered - unreadable, expected);
  }
}
