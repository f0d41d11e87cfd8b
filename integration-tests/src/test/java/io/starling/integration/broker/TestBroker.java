package io.starling.integration.broker;

import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.testcontainers.DockerClientFactory;

/**
 * A broker that tests run against: the one that an environment variable names, else a container
 * where Docker answers, else an embedded one. The report says which. A named one is shared with
 * others and may hold data, so each test sets a prefix of its own ({@code ?prefix=}).
 */
public final class TestBroker implements AutoCloseable {
  private final Running running;

  private TestBroker(Running running) {
    this.running = running;
  }

  /** A broker that runs. */
  public interface Running extends AutoCloseable {
    /** What a manager is given, without parameters unless the environment's has some. */
    String url();

    @Override
    void close();
  }

  /**
   * A kind of broker.
   *
   * @param variable of the environment, with the URL of one that runs already
   */
  record Kind(
      String name, String variable, Supplier<Running> container, Supplier<Running> embedded) {}

  /** {@code STARLING_TEST_REDIS}, or one of its own. */
  public static TestBroker redis() {
    return open(
        new Kind("Redis", "STARLING_TEST_REDIS", BrokerContainer::redis, EmbeddedRedis::start));
  }

  /**
   * {@code STARLING_TEST_AMQP}, or one of its own. The value {@code cluster} means three nodes of
   * the machine's own RabbitMQ.
   */
  public static TestBroker amqp() {
    Kind kind =
        new Kind("AMQP", "STARLING_TEST_AMQP", BrokerContainer::rabbitMq, EmbeddedAmqp::start);
    return "cluster".equals(System.getenv(kind.variable()))
        ? report(kind, "a cluster of three nodes", RabbitMqCluster.start())
        : open(kind);
  }

  /**
   * {@code STARLING_TEST_KAFKA}, or one of its own. The value {@code three} stands for three
   * brokers of its own, which are one cluster.
   */
  public static TestBroker kafka() {
    Kind kind =
        new Kind("Kafka", "STARLING_TEST_KAFKA", BrokerContainer::kafka, EmbeddedKafka::start);
    return "three".equals(System.getenv(kind.variable()))
        ? report(kind, "three brokers", KafkaCluster.start(Map.of()))
        : open(kind);
  }

  private static TestBroker open(Kind kind) {
    return open(kind, System.getenv(), TestBroker::dockerAnswers);
  }

  private static boolean dockerAnswers() {
    return BrokerContainer.mayHaveDocker() && DockerClientFactory.instance().isDockerAvailable();
  }

  static TestBroker open(Kind kind, Map<String, String> environment, BooleanSupplier docker) {
    String named = environment.getOrDefault(kind.variable(), "");
    if (!named.isEmpty()) {
      return report(kind, "the one that " + kind.variable() + " names", new Named(named));
    }
    return docker.getAsBoolean()
        ? report(kind, "in a container", kind.container().get())
        : report(kind, "embedded", kind.embedded().get());
  }

  private static TestBroker report(Kind kind, String which, Running running) {
    System.out.println(kind.name() + " for tests: " + which);
    return new TestBroker(running);
  }

  private record Named(String url) implements Running {
    @Override
    public void close() {}
  }

  /** Without parameters, unless the environment's has some. */
  public String url() {
    return running.url();
  }

  /** The same broker with channels of one's own. */
  public String url(String prefix) {
    return url() + (url().contains("?") ? "&" : "?") + "prefix=" + prefix;
  }

  @Override
  public void close() {
    running.close();
  }
}
