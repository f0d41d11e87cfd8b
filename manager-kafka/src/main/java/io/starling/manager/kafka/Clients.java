package io.starling.manager.kafka;

import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Makes the clients of one back end. Whoever asks for a client closes it. Kafka's clients reconnect
 * by themselves and tell nobody, so the brokers are asked for a sign of life.
 */
interface Clients {
  /** What the names of all threads of this role begin with. */
  String threads(String role);

  Admin admin();

  Producer<byte[], byte[]> producer();

  Consumer<byte[], byte[]> consumer();

  /** How often the brokers are asked whether they and the topic are there. */
  default Duration checkInterval() {
    return Duration.ofSeconds(2);
  }
}
