package io.starling.integration.broker;

import java.nio.file.Files;
import java.nio.file.Path;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.RabbitMQContainer;
import org.testcontainers.kafka.KafkaContainer;

/**
 * Brokers in containers, for machines with Docker. Our own build server has none: what is here is
 * compiled there and not run.
 */
final class BrokerContainer implements TestBroker.Running {
  private static final int REDIS_PORT = 6379;

  private final GenericContainer<?> container;
  private final String url;

  private BrokerContainer(GenericContainer<?> container, String url) {
    this.container = container;
    this.url = url;
  }

  /** Whether it is worth while to look for Docker, which takes seconds. */
  static boolean mayHaveDocker() {
    return System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
  }

  @SuppressWarnings("resource") // Closed with this object.
  static TestBroker.Running redis() {
    GenericContainer<?> redis =
        new GenericContainer<>("redis:7-alpine").withExposedPorts(REDIS_PORT);
    redis.start();
    return new BrokerContainer(
        redis, "redis://" + redis.getHost() + ":" + redis.getMappedPort(REDIS_PORT));
  }

  @SuppressWarnings("resource") // Closed with this object.
  static TestBroker.Running rabbitMq() {
    RabbitMQContainer rabbit = new RabbitMQContainer("rabbitmq:3.13-alpine");
    rabbit.start();
    return new BrokerContainer(
        rabbit, "amqp://guest:guest@" + rabbit.getHost() + ":" + rabbit.getAmqpPort());
  }

  @SuppressWarnings("resource") // Closed with this object.
  static TestBroker.Running kafka() {
    KafkaContainer kafka = new KafkaContainer("apache/kafka-native:4.0.0");
    kafka.start();
    return new BrokerContainer(kafka, "kafka://" + kafka.getBootstrapServers());
  }

  @Override
  public String url() {
    return url;
  }

  @Override
  public void close() {
    container.stop();
  }
}
