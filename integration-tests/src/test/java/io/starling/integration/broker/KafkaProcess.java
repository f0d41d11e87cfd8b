package io.starling.integration.broker;

import io.starling.integration.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;

/**
 * A real Kafka broker as a child process. A test may kill it and start it again on the same port
 * with the same data.
 */
public final class KafkaProcess implements KillableBroker {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final Pattern READY = Pattern.compile("Kafka is ready");

  private final Path directory;
  private final int port = Ports.free();
  private final int advertisedPort;
  private final int controllerPort = Ports.free();
  private ChildProcess server;

  private KafkaProcess(IntUnaryOperator advertised) throws IOException {
    advertisedPort = advertised.applyAsInt(port);
    directory = Files.createTempDirectory("starling-kafka");
    EmbeddedKafka.format(directory);
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
    try {
      return new KafkaProcess(advertised);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ChildProcess launch() {
    ChildProcess launched =
        ChildProcess.start(
            "kafka on port " + port,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                EmbeddedKafka.class.getName(),
                directory.toString(),
                Integer.toString(port),
                Integer.toString(controllerPort),
                Integer.toString(advertisedPort)));
    try {
      launched.awaitLine(READY, START_TIMEOUT);
      return launched;
    } catch (Throwable e) {
      launched.close();
      throw e;
    }
  }

  @Override
  public String url() {
    return "kafka://127.0.0.1:" + advertisedPort;
  }

  @Override
  public int port() {
    return port;
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
    EmbeddedKafka.delete(directory);
  }
}
