package io.starling.manager.redis;

import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisURI;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis server is.
 *
 * @param uri with credentials
 * @param authorities whom TLS trusts, in PEM; null for those that Java trusts
 * @param text without: fit for a log
 */
record RedisAddress(RedisURI uri, @Nullable Path authorities, String text) {
  /** What a user reads when the server cannot be used: one line. */
  BackendUnavailableException unavailable(Outcome outcome, @Nullable Throwable cause) {
    return new BackendUnavailableException(
        text + ": " + reason(cause) + " (expected: a Redis server that answers)", outcome, cause);
  }

  private String reason(@Nullable Throwable error) {
    if (error == null) {
      return "connection lost";
    }
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = String.valueOf(root.getMessage());
    if (root instanceof ConnectException && message.contains("refused")) {
      return "connection refused";
    }
    if (root instanceof UnknownHostException) {
      return "unknown host";
    }
    if (root instanceof RedisCommandTimeoutException || message.contains("timed out")) {
      return "no answer within " + uri.getTimeout().toMillis() + " ms";
    }
    // The native transport puts the system call in front: "recvAddress(..) failed with error(-104):
    // "
    return message
        .lines()
        .findFirst()
        .map(line -> line.replaceFirst("^.* failed with error\\(-?[0-9]+\\): ", ""))
        .orElse(root.getClass().getSimpleName());
  }

  @Override
  public String toString() {
    return text;
  }
}
