package io.starling.manager.amqp;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** What stands on the broker: one durable direct exchange, and a queue for each connection. */
final class AmqpTopology {
  private AmqpTopology() {}

  /**
   * Makes the exchange unless it is there. Looks first, because looking needs no permission to
   * configure, which an emitter may lack.
   */
  static void declareExchange(Connection connection, String exchange) throws IOException {
    Channel looking = connection.createChannel();
    try {
      looking.exchangeDeclarePassive(exchange);
    } catch (IOException e) {
      try (Channel declaring = connection.createChannel()) {
        declaring.exchangeDeclare(exchange, BuiltinExchangeType.DIRECT, true);
        return;
      } catch (TimeoutException late) {
        throw new IOException(late);
      }
    }
    looking.abort();
  }

  /** Makes a queue that dies with the connection, and drops its oldest frames when it is full. */
  static void declareQueue(Channel channel, String queue, long maxBytes) throws IOException {
    Map<String, Object> limits = Map.of("x-max-length-bytes", maxBytes, "x-overflow", "drop-head");
    channel.queueDeclare(queue, false, true, false, limits);
  }
}
