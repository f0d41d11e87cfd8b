package io.starling.manager.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
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
   * @param severalHosts whether an error says which of the hosts ended the connection
   */
  static BrokerAddress of(String text, boolean severalHosts) {
    BrokerAddress plain =
        new BrokerAddress(text, "a RabbitMQ server that answers", AmqpAddress::explain);
    return severalHosts
        ? new BrokerAddress(text, plain.expected(), error -> host(error) + plain.reason(error))
        : plain;
  }

  /** The host whose connection or channel ended, and a space; empty if the error names none. */
  private static String host(Throwable error) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (each instanceof ShutdownSignalException closed) {
        Object ended = closed.getReference();
        Connection connection =
            ended instanceof Channel channel
                ? channel.getConnection()
                : ended instanceof Connection itself ? itself : null;
        // The text of an address is its name, a slash and its number.
        return connection == null
            ? ""
            : String.valueOf(connection.getAddress()).replaceFirst("^/", "")
                + ":"
                + connection.getPort()
                + " ";
      }
    }
    return "";
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
    return isClosedWith(AMQP.ACCESS_REFUSED, error);
  }

  /** Whether the broker closed a channel because an exchange or queue does not exist. */
  static boolean isNotFound(Throwable error) {
    return isClosedWith(AMQP.NOT_FOUND, error);
  }

  private static boolean isClosedWith(int replyCode, Throwable error) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (each instanceof ShutdownSignalException closed
          && closed.getReason() instanceof AMQP.Channel.Close close) {
        return close.getReplyCode() == replyCode;
      }
    }
    return false;
  }
}
