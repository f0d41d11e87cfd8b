package io.starling.manager.kafka;

import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Creates the Kafka clients of one back end. The caller closes each client that it asked for.
 * Kafka's clients reconnect by themselves and do not report a lost connection, so an admin client
 * asks the brokers for a sign of life now and then.
 */
interface Clients {
  /** The prefix of the names of all threads of one role, such as {@code publisher}. */
  String threads(String role);

  Admin admin();

  Producer<byte[], byte[]> producer();

  Consumer<byte[], byte[]> consumer();

  /** How often an admin client asks whether the brokers and the topic exist. */
  default Duration checkInterval() {
    return Duration.ofSeconds(2);
  }
}
