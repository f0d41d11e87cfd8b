package io.starling.manager.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import io.starling.manager.pubsub.BrokerAddress;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Describes the address of a RabbitMQ broker, and explains the errors of its client in a few words.
 */
final class AmqpAddress {
  private AmqpAddress() {}

  /**
   * Creates the address for logs and errors.
   *
   * @param text scheme, hosts and virtual host, without credentials
   */
  static BrokerAddress of(String text) {
    return new BrokerAddress(text, "a RabbitMQ server that answers", AmqpAddress::explain);
  }

  /**
   * The text in which the broker said why it closed a channel or connection; "no answer in time"
   * for a time-out; null for every other error.
   */
  private static @Nullable String explain(Throwable error) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (each instanceof ShutdownSignalException closed) {
        Method why = closed.getReason();
        if (why instanceof AMQP.Channel.Close close) {
          return close.getReplyText();
        }
        if (why instanceof AMQP.Connection.Close close) {
          return close.getReplyText();
        }
      } else if (each instanceof SocketTimeoutException) {
        return "no answer in time";
      }
    }
    return null;
  }

  /** Whether the broker closed a channel because the user lacks a permission. */
  static boolean isAccessRefused(Throwable error) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (each instanceof ShutdownSignalException closed
          && closed.getReason() instanceof AMQP.Channel.Close close) {
        return close.getReplyCode() == AMQP.ACCESS_REFUSED;
      }
    }
    return false;
  }
}
