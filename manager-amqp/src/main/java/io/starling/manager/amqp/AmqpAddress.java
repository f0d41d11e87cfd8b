package io.starling.manager.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import io.starling.manager.pubsub.BrokerAddress;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** How errors of RabbitMQ's client are told. */
final class AmqpAddress {
  private AmqpAddress() {}

  /**
   * Where a broker is.
   *
   * @param text scheme, hosts and virtual host, without credentials
   */
  static BrokerAddress of(String text) {
    return new BrokerAddress(text, "a RabbitMQ server that answers", AmqpAddress::explain);
  }

  /** The broker's own words, where it said why it closed a channel or a connection. */
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

  /** Whether the broker closed a channel because the user lacks a right. */
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
