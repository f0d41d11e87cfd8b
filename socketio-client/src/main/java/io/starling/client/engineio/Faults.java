package io.starling.client.engineio;

import java.net.ConnectException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Failures of the HTTP client in words. */
final class Faults {
  private Faults() {}

  /** The failure itself, without what stages wrap around it. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  /** What a failure says. The HTTP client's refused connections say nothing. */
  static String text(Throwable failure) {
    @Nullable Throwable each = failure;
    while (each != null) {
      if (each.getMessage() != null && !each.getMessage().isEmpty()) {
        String message = each.getMessage();
        return each instanceof ConnectException ? "cannot connect: " + message : message;
      }
      each = each.getCause();
    }
    return failure instanceof ConnectException
        ? "cannot connect (expected: a server that listens)"
        : failure.getClass().getSimpleName();
  }
}
