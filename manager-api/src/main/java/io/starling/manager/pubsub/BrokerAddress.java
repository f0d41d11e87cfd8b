package io.starling.manager.pubsub;

import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The address of a broker as error messages show it. Builds the one-line errors that tell a user
 * why the broker cannot be used.
 *
 * @param text the address without credentials, so that it can be logged
 * @param expected what the address should lead to, such as {@code a Redis server that answers}
 * @param explanation finds the reason in the errors of this broker's client library
 */
public record BrokerAddress(String text, String expected, Explanation explanation) {
  /** Translates the errors of one broker's client library into short reasons. */
  @FunctionalInterface
  public interface Explanation {
    /**
     * Returns the reason in a few words. Null means that the message of the innermost cause is
     * clear enough.
     */
    @Nullable String of(Throwable error);
  }

  /** Makes an address that takes each reason from the message of the innermost cause. */
  public BrokerAddress(String text, String expected) {
    this(text, expected, error -> null);
  }

  /**
   * Builds the exception that says in one line why the broker cannot be used.
   *
   * @param outcome whether the operation that failed may have reached the broker
   * @param cause an error of the broker's client library. If the error or one of its causes is a
   *     {@link BackendUnavailableException}, the result keeps the message of that exception.
   */
  public BackendUnavailableException unavailable(Outcome outcome, Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof BackendUnavailableException told) {
        return told.outcome() == outcome
            ? told
            : new BackendUnavailableException(
                String.valueOf(told.getMessage()), outcome, told.getCause());
      }
    }
    return new BackendUnavailableException(
        text + ": " + reason(cause) + " (expected: " + expected + ")", outcome, cause);
  }

  /** Builds the exception for a frame that was published while no connection was open. */
  public BackendUnavailableException notConnected() {
    return new BackendUnavailableException(
        text + ": not connected (expected: " + expected + ")", Outcome.NOT_SENT, null);
  }

  /**
   * Builds the exception for a request that was not done before the back end was closed or the
   * channel was unsubscribed.
   */
  public BackendUnavailableException closed() {
    return new BackendUnavailableException(
        text + ": closed or unsubscribed (expected: neither)", Outcome.NOT_SENT, null);
  }

  /** Returns one line that says what an error of the broker's client library means. */
  public String reason(Throwable error) {
    String own = explanation.of(error);
    if (own != null) {
      return own;
    }
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage() == null ? "" : root.getMessage();
    if (root instanceof ConnectException && message.contains("refused")) {
      return "connection refused";
    }
    if (root instanceof UnknownHostException) {
      return "unknown host";
    }
    if (root instanceof CancellationException) {
      return "connection lost";
    }
    // Netty's native transports put the system call in front of the reason: "recvAddress(..) failed
    // with error(-104): ".
    String line =
        message
            .lines()
            .findFirst()
            .orElse("")
            .replaceFirst("^.* failed with error\\(-?[0-9]+\\): ", "");
    if (!line.isBlank()) {
      return line;
    }
    return root.getClass().getSimpleName().contains("Timeout")
        ? "no answer in time"
        : root.getClass().getSimpleName();
  }

  @Override
  public String toString() {
    return text;
  }
}
