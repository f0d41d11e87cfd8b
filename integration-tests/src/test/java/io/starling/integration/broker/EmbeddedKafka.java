package io.starling.integration.broker;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;

/** A real Kafka broker in this JVM, its own controller, on free ports of the loopback. */
public final class EmbeddedKafka implements TestBroker.Running {
  private final KafkaRaftServer server;
  private final Path directory;
  private final int port;

  private EmbeddedKafka(Path directory, int port, KafkaRaftServer server) {
    this.directory = directory;
    this.port = port;
    this.server = server;
  }

  public static EmbeddedKafka start() {
    int port = Ports.free();
    KafkaNode node =
        KafkaNode.alone(List.of(KafkaNode.Listener.plain("PLAINTEXT", port, port)), Map.of());
    return new EmbeddedKafka(node.directory(), port, start(node.properties()));
  }

  private static KafkaRaftServer start(Map<String, String> properties) {
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
    server.startup();
    return server;
  }

  /** A broker of its own process, whose folder is formatted: {@code name=value}, and so on. */
  public static void main(String[] properties) {
    KafkaRaftServer server =
        start(
            Arrays.stream(properties)
                .map(each -> each.split("=", 2))
                .collect(Collectors.toMap(each -> each[0], each -> each[1])));
    System.out.println("Kafka is ready");
    server.awaitShutdown();
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
