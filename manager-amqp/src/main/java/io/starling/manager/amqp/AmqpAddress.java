package io.starling.manager.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Where a broker is, without credentials: fit for a log.
 *
 * @param text scheme, hosts and virtual host
 */
record AmqpAddress(String text) {
  /** What a user reads when the broker cannot be used: one line. */
  BackendUnavailableException unavailable(Outcome outcome, @Nullable Throwable cause) {
    return new BackendUnavailableException(
        text + ": " + reason(cause) + " (expected: a RabbitMQ server that answers)",
        outcome,
        cause);
  }

  private static String reason(@Nullable Throwable error) {
    if (error == null) {
      return "connection lost";
    }
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (each instanceof ShutdownSignalException closed) {
        String text = replyText(closed.getReason());
        if (text != null) {
          return text;
        }
      }
    }
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    if (root instanceof ConnectException && message != null && message.contains("refused")) {
      return "connection refused";
    }
    if (root instanceof UnknownHostException) {
      return "unknown host";
    }
    if (root instanceof TimeoutException || root instanceof SocketTimeoutException) {
      return "no answer in time";
    }
    return message == null
        ? root.getClass().getSimpleName()
        : message.lines().findFirst().orElse(root.getClass().getSimpleName());
  }

  private static @Nullable String replyText(@Nullable Method why) {
    if (why instanceof AMQP.Channel.Close close) {
      return close.getReplyText();
    }
    return why instanceof AMQP.Connection.Close close ? close.getReplyText() : null;
  }

  @Override
  public String toString() {
    return text;
  }
}
