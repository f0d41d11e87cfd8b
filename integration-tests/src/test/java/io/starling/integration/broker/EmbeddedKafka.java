package io.starling.integration.broker;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** A real Kafka broker in this JVM, its own controller, on free ports of the loopback. */
final class EmbeddedKafka implements TestBroker.Running {
  private static final String CONTROLLER = "CONTROLLER";

  private final KafkaRaftServer server;
  private final Path directory;
  private final int port;

  private EmbeddedKafka(Path directory, int port, int controllerPort, int advertisedPort) {
    this.directory = directory;
    this.port = port;
    this.server =
        new KafkaRaftServer(config(directory, port, controllerPort, advertisedPort), Time.SYSTEM);
  }

  static EmbeddedKafka start() {
    try {
      Path directory = Files.createTempDirectory("starling-kafka");
      format(directory);
      int port = Ports.free();
      EmbeddedKafka kafka = new EmbeddedKafka(directory, port, Ports.free(), port);
      kafka.server.startup();
      return kafka;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the folder that a broker keeps everything in. */
  static void format(Path directory) {
    try {
      new Formatter()
          .setPrintStream(new PrintStream(PrintStream.nullOutputStream()))
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(1)
          .setControllerListenerName(CONTROLLER)
          .setMetadataLogDirectory(directory.toString())
          .addDirectory(directory.toString())
          .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
          .run();
    } catch (Exception e) {
      throw new IllegalStateException("cannot format " + directory, e);
    }
  }

  private static KafkaConfig config(
      Path directory, int port, int controllerPort, int advertisedPort) {
    return new KafkaConfig(
        Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", "1"),
            Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort),
            Map.entry(
                "listeners",
                "PLAINTEXT://127.0.0.1:"
                    + port
                    + ","
                    + CONTROLLER
                    + "://127.0.0.1:"
                    + controllerPort),
            Map.entry("advertised.listeners", "PLAINTEXT://127.0.0.1:" + advertisedPort),
            Map.entry("controller.listener.names", CONTROLLER),
            Map.entry("log.dirs", directory.toString()),
            Map.entry("auto.create.topics.enable", "false"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("num.network.threads", "1"),
            Map.entry("num.io.threads", "2"),
            Map.entry("background.threads", "1"),
            Map.entry("log.cleaner.enable", "false"),
            Map.entry("controlled.shutdown.enable", "false")),
        false);
  }

  /**
   * A broker of its own process: {@code FOLDER PORT CONTROLLER_PORT ADVERTISED_PORT}, the folder
   * formatted.
   */
  public static void main(String[] arguments) {
    EmbeddedKafka kafka =
        new EmbeddedKafka(
            Path.of(arguments[0]),
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]),
            Integer.parseInt(arguments[3]));
    kafka.server.startup();
    System.out.println("Kafka is ready");
    kafka.server.awaitShutdown();
  }

  @Override
  public String url() {
    return "kafka://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
    delete(directory);
  }

  static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
