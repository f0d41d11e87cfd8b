package io.starling.integration.broker;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * What a Kafka broker is started with. Each broker is a controller, too.
 *
 * @param directory keeps all its data
 * @param id from 1; its controller listens on the port with this place in the list
 * @param listeners the first one is plain, and the brokers use it among themselves
 * @param settings more lines of {@code server.properties}
 */
record KafkaNode(
    Path directory,
    int id,
    List<Integer> controllerPorts,
    List<Listener> listeners,
    Map<String, String> settings) {
  private static final String CONTROLLER = "CONTROLLER";
  private static final String LOOPBACK = "127.0.0.1:";

  /**
   * Where clients connect.
   *
   * @param protocol such as {@code SASL_PLAINTEXT}
   * @param advertised the host and port that clients are told
   */
  record Listener(String name, String protocol, int port, String advertised) {
    /** One without TLS and credentials that clients reach on this port of the loopback. */
    static Listener plain(String name, int port, int advertisedPort) {
      return new Listener(name, "PLAINTEXT", port, LOOPBACK + advertisedPort);
    }
  }

  /** Makes the folder of a broker. */
  static Path newDirectory() {
    try {
      return Files.createTempDirectory("starling-kafka");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The only node of its cluster, formatted. */
  static KafkaNode alone(List<Listener> listeners, Map<String, String> settings) {
    KafkaNode node = new KafkaNode(newDirectory(), 1, List.of(Ports.free()), listeners, settings);
    node.format(Uuid.randomUuid());
    return node;
  }

  /** Prepares the folder. */
  void format(Uuid clusterId) {
    try {
      new Formatter()
          .setPrintStream(new PrintStream(PrintStream.nullOutputStream()))
          .setClusterId(clusterId.toString())
          .setNodeId(id)
          .setControllerListenerName(CONTROLLER)
          .setMetadataLogDirectory(directory.toString())
          .addDirectory(directory.toString())
          .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
          .run();
    } catch (Exception e) {
      throw new IllegalStateException("cannot format " + directory, e);
    }
  }

  /** The lines of {@code server.properties}. */
  Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", Integer.toString(id));
    properties.put("controller.quorum.voters", voters());
    properties.put("controller.listener.names", CONTROLLER);
    properties.put(
        "listeners",
        join(each -> each.name() + "://" + LOOPBACK + each.port())
            + ","
            + CONTROLLER
            + "://"
            + LOOPBACK
            + controllerPorts.get(id - 1));
    properties.put("advertised.listeners", join(each -> each.name() + "://" + each.advertised()));
    properties.put(
        "listener.security.protocol.map",
        join(each -> each.name() + ":" + each.protocol()) + "," + CONTROLLER + ":PLAINTEXT");
    properties.put("inter.broker.listener.name", listeners.get(0).name());
    properties.put("log.dirs", directory.toString());
    properties.put("auto.create.topics.enable", "false");
    properties.put("offsets.topic.replication.factor", "1");
    properties.put("num.network.threads", "1");
    properties.put("num.io.threads", "2");
    properties.put("background.threads", "1");
    properties.put("log.cleaner.enable", "false");
    properties.put("controlled.shutdown.enable", "false");
    properties.putAll(settings);
    return properties;
  }

  private String voters() {
    return IntStream.range(0, controllerPorts.size())
        .mapToObj(i -> (i + 1) + "@" + LOOPBACK + controllerPorts.get(i))
        .collect(Collectors.joining(","));
  }

  private String join(Function<Listener, String> text) {
    return listeners.stream().map(text).collect(Collectors.joining(","));
  }
}
