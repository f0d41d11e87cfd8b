package io.starling.manager;

import org.jspecify.annotations.Nullable;

/**
 * The broker did not take an operation. The clients of this process were served all the same. Retry
 * when {@link #outcome()} says {@link Outcome#NOT_SENT}; after {@link Outcome#UNKNOWN} a retry may
 * deliver twice.
 */
public final class BackendUnavailableException extends ManagerException {
  private final Outcome outcome;

  public BackendUnavailableException(String message, Outcome outcome, @Nullable Throwable cause) {
    super(message, cause);
    this.outcome = outcome;
  }

  public Outcome outcome() {
    return outcome;
  }

  /** What is known of the operation on the other hosts. */
  public enum Outcome {
    /** It never left this process. */
    NOT_SENT,
    /** It was on its way when the connection broke or time ran out. */
    UNKNOWN
  }
}
