package io.starling.manager.pubsub;

import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Where a broker is, and how users are told in one line that the broker cannot be used.
 *
 * @param text the address without credentials: fit for a log
 * @param expected what the address should lead to, such as {@code a Redis server that answers}
 * @param explanation finds the reason in an error of this broker's own client
 */
public record BrokerAddress(String text, String expected, Explanation explanation) {
  /** Knows the errors of one kind of client. */
  @FunctionalInterface
  public interface Explanation {
    /** The reason in a few words; null where the message of the innermost error says enough. */
    @Nullable String of(Throwable error);
  }

  /** An address whose client's errors need no explanation of their own. */
  public BrokerAddress(String text, String expected) {
    this(text, expected, error -> null);
  }

  /**
   * Tells why the broker cannot be used.
   *
   * @param cause any error of the broker's client, or an error of this type, whose message is kept
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

  /** For a frame that is published while there is no connection. */
  public BackendUnavailableException notConnected() {
    return new BackendUnavailableException(
        text + ": not connected (expected: " + expected + ")", Outcome.NOT_SENT, null);
  }

  /** For what was asked for and did not happen before the back end was closed. */
  public BackendUnavailableException closed() {
    return new BackendUnavailableException(
        text + ": closed or unsubscribed (expected: neither)", Outcome.NOT_SENT, null);
  }

  private String reason(Throwable error) {
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
    // A native transport puts the system call in front: "recvAddress(..) failed with error(-104):
    // ".
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
