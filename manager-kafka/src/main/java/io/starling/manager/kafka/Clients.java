package io.starling.manager.kafka;

import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** Creates the Kafka clients of one back end. The caller closes each client that it asked for. */
interface Clients {
  /** The beginning of the names of all threads. */
  String threads();

  Admin admin();

  Producer<byte[], byte[]> producer();

  Consumer<byte[], byte[]> consumer();

  /** How often an admin client asks whether the brokers and the topic exist. */
  default Duration checkInterval() {
    return Duration.ofSeconds(2);
  }
}
