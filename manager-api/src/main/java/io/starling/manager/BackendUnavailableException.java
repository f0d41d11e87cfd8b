package io.starling.manager;

import org.jspecify.annotations.Nullable;

/**
 * An operation did not reach the other hosts, or perhaps did not. {@link Outcome#NOT_SENT} means
 * that no other host received it. After {@link Outcome#UNKNOWN} a retry may deliver twice.
 *
 * <p>The operation took effect for the clients of this process, so that a retry reaches these
 * clients again. The exception is an emit that was refused because the event loops of this process
 * are behind: it reached nobody, and the message says so.
 */
public final class BackendUnavailableException extends ManagerException {
  private final Outcome outcome;

  public BackendUnavailableException(String message, Outcome outcome, @Nullable Throwable cause) {
    super(message, cause);
    this.outcome = outcome;
  }

  /** Returns whether the operation may have reached other hosts. */
  public Outcome outcome() {
    return outcome;
  }

  /** Whether an operation that failed may have reached other hosts. */
  public enum Outcome {
    /** The operation never left this process. */
    NOT_SENT,
    /** The broker did not confirm the operation. Other hosts may have received it. */
    UNKNOWN
  }
}
