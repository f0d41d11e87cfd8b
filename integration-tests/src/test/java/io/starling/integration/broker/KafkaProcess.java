package io.starling.integration.broker;

import io.starling.integration.process.ChildProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;

/**
 * A real Kafka broker as a child process. A test may kill it and start it again on the same port
 * with the same data.
 */
public final class KafkaProcess implements KillableBroker {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final String PLAIN = "PLAINTEXT";
  private static final Pattern READY = Pattern.compile("Kafka is ready");

  private final KafkaNode node;
  private ChildProcess server;

  /** Launches it; {@link #awaitReady()} waits for it. */
  KafkaProcess(KafkaNode node) {
    this.node = node;
    server = launch();
  }

  public static KafkaProcess start() {
    return start(port -> port);
  }

  /**
   * Starts one that clients reach on another port.
   *
   * @param advertised that port, given its own
   */
  public static KafkaProcess start(IntUnaryOperator advertised) {
    int port = Ports.free();
    return start(
        List.of(KafkaNode.Listener.plain(PLAIN, port, advertised.applyAsInt(port))), Map.of());
  }

  /**
   * Starts one with a second listener, which clients reach as {@code localhost}.
   *
   * @param protocol of that listener
   * @param settings more lines of {@code server.properties}; those of that listener begin with
   *     {@code listener.name.second.}
   */
  public static KafkaProcess start(int secondPort, String protocol, Map<String, String> settings) {
    int port = Ports.free();
    return start(
        List.of(
            KafkaNode.Listener.plain(PLAIN, port, port),
            new KafkaNode.Listener("SECOND", protocol, secondPort, "localhost:" + secondPort)),
        settings);
  }

  private static KafkaProcess start(
      List<KafkaNode.Listener> listeners, Map<String, String> settings) {
    KafkaProcess process = new KafkaProcess(KafkaNode.alone(listeners, settings));
    process.awaitReady();
    return process;
  }

  private ChildProcess launch() {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                EmbeddedKafka.class.getName()));
    node.properties().forEach((name, value) -> command.add(name + "=" + value));
    return ChildProcess.start("kafka on port " + port(), command);
  }

  /** Waits until it is the member of a cluster that works. Ends it if that takes too long. */
  void awaitReady() {
    try {
      server.awaitLine(READY, START_TIMEOUT);
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  @Override
  public String url() {
    return "kafka://" + node.listeners().get(0).advertised();
  }

  @Override
  public int port() {
    return node.listeners().get(0).port();
  }

  @Override
  public void kill() {
    server.close();
  }

  /** Starts the broker again after {@link #kill()}, on the same port with its data. */
  @Override
  public void restart() {
    if (server.isAlive()) {
      throw new IllegalStateException("kafka: running (expected: killed before)");
    }
    server = launch();
    awaitReady();
  }

  @Override
  public void freeze() {
    server.freeze();
  }

  @Override
  public void thaw() {
    server.thaw();
  }

  @Override
  public void close() {
    server.close();
    EmbeddedKafka.delete(node.directory());
  }
}
