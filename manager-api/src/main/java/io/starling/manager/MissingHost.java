package io.starling.manager;

/**
 * The reason why the answer of one host to a question is missing or incomplete.
 *
 * @param reason why the answer is not complete
 * @param answered for acknowledgements, how many clients of the host answered; for other questions,
 *     how many parts of the host's answer arrived
 * @param expected how many such clients or parts the host announced; 0 if nothing came from it
 */
public record MissingHost(Reason reason, int answered, int expected) {
  /** The reason why an answer is not complete. */
  public enum Reason {
    /** Nothing came from the host in time. */
    TIMED_OUT,
    /** The host stopped, or was silent for so long that it counts as dead. */
    LEFT,
    /**
     * Some clients of the host timed out or disconnected, some parts of the host's answer did not
     * arrive, or an answer cannot be decoded.
     */
    INCOMPLETE,
    /** The host has no handler for the server event. */
    NO_HANDLER,
    /** The host's handler of the server event failed, or its answer is too large to be sent. */
    FAILED,
    /**
     * The host that asked was not connected to the others, or its broker did not take the question.
     * If the asking host then knows of no other host, it lists itself, because there may be others.
     */
    UNREACHABLE
  }

  /** Returns a copy that counts fewer answers, because so many could not be decoded. */
  MissingHost without(int unreadable) {
    return new MissingHost(reason, answered - unreadable, expected);
  }
}
