package io.starling.manager.amqp;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * Declares what Starling needs on the broker: one durable direct exchange for each prefix, and one
 * queue for each subscribing connection.
 */
final class AmqpTopology {
  private AmqpTopology() {}

  /**
   * Creates the exchange unless it exists. Looks for it first, because looking needs no permission
   * to configure, and the user of an emitter may lack that permission.
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

  /**
   * Creates a queue that the broker deletes when the connection ends. A full queue drops its oldest
   * frames.
   */
  static void declareQueue(Channel channel, String queue, long maxBytes) throws IOException {
    Map<String, Object> limits = Map.of("x-max-length-bytes", maxBytes, "x-overflow", "drop-head");
    channel.queueDeclare(queue, false, true, false, limits);
  }
}
