package io.starling.benchmarks.suite;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The brokers of a run. A Redis or RabbitMQ that already runs on its usual port is used; the other
 * brokers are started as child processes.
 */
final class Brokers implements AutoCloseable {
  private static final Path RABBITMQ = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");

  private static final int REDIS_PORT = 6_379;
  private static final int RABBITMQ_PORT = 5_672;

  private final Path folder;
  private final Path libraries;
  private final List<Child> children = new ArrayList<>();
  private int redisPort;

  /**
   * No broker is started yet.
   *
   * @param folder where brokers keep their data and output
   * @param libraries the folder with Kafka's jars
   */
  Brokers(Path folder, Path libraries) {
    this.folder = folder;
    this.libraries = libraries;
  }

  /** Returns the URL of Redis, which is started if none runs. */
  String redis() throws IOException, InterruptedException {
    if (redisPort == 0) {
      redisPort = answers(REDIS_PORT) ? REDIS_PORT : startRedis();
    }
    return "redis://127.0.0.1:" + redisPort;
  }

  private int startRedis() throws IOException, InterruptedException {
    int port = Cluster.freePort();
    List<String> command =
        List.of("redis-server", "--port", "" + port, "--bind", "127.0.0.1", "--save", "");
    keep(Child.start(folder, "redis", Map.of(), command)).await("Ready to accept");
    return port;
  }

  /** Returns the URL of RabbitMQ, which is started if none runs. */
  String rabbitMq() throws IOException, InterruptedException {
    int port = RABBITMQ_PORT;
    if (!answers(port)) {
      port = Cluster.freePort();
      startRabbitMq(port);
    }
    return "amqp://guest:guest@127.0.0.1:" + port;
  }

  private void startRabbitMq(int port) throws IOException, InterruptedException {
    Path home = Files.createTempDirectory(Files.createDirectories(folder), "rabbitmq");
    Path config = home.resolve("rabbitmq.conf");
    Files.writeString(config, "listeners.tcp.1 = 127.0.0.1:" + port + "\n");
    Path plugins = Files.writeString(home.resolve("enabled_plugins"), "[].");
    String mapperPort = Integer.toString(Cluster.freePort());
    Map<String, String> environment =
        Map.ofEntries(
            Map.entry("HOME", home.toString()),
            Map.entry("RABBITMQ_NODENAME", "bench" + port + "@localhost"),
            Map.entry("RABBITMQ_DIST_PORT", Integer.toString(Cluster.freePort())),
            Map.entry("RABBITMQ_MNESIA_BASE", home.resolve("mnesia").toString()),
            Map.entry("RABBITMQ_LOG_BASE", home.resolve("log").toString()),
            Map.entry("RABBITMQ_LOGS", "-"),
            Map.entry("RABBITMQ_PID_FILE", home.resolve("pid").toString()),
            Map.entry("RABBITMQ_CONFIG_FILE", config.toString()),
            Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", plugins.toString()),
            Map.entry("RABBITMQ_CONF_ENV_FILE", home.resolve("none").toString()),
            Map.entry("ERL_EPMD_PORT", mapperPort),
            Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"));
    keep(Child.start(folder, "epmd", environment, List.of("epmd", "-port", mapperPort)));
    keep(Child.start(folder, "rabbitmq", environment, List.of(RABBITMQ.toString())))
        .await("completed with");
  }

  /** Starts a new Kafka and returns its URL. */
  String kafka() throws IOException, InterruptedException {
    int port = Cluster.freePort();
    int controller = Cluster.freePort();
    Path home = Files.createTempDirectory(Files.createDirectories(folder), "kafka");
    Path config =
        Files.writeString(
            home.resolve("server.properties"),
            """
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:%2$d
            controller.listener.names=CONTROLLER
            listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
            log.dirs=%3$s
            offsets.topic.replication.factor=1
            controlled.shutdown.enable=false
            """
                .formatted(port, controller, home.resolve("data")));
    byte[] id = new byte[16];
    ThreadLocalRandom.current().nextBytes(id);
    String cluster = Base64.getUrlEncoder().withoutPadding().encodeToString(id);
    Child.start(
            folder,
            "kafka-format",
            Map.of(),
            kafka(
                "kafka.tools.StorageTool",
                "format",
                // This must be a single word, since an id may begin with a hyphen.
                "--cluster-id=" + cluster,
                "-c",
                config.toString()))
        .awaitEnd();
    keep(Child.start(folder, "kafka", Map.of(), kafka("kafka.Kafka", config.toString())))
        .await("Kafka Server started");
    return "kafka://127.0.0.1:" + port;
  }

  private List<String> kafka(String... words) {
    List<String> command =
        new ArrayList<>(List.of(Systems.java(), "-Xmx512m", "-cp", libraries + "/*"));
    command.addAll(List.of(words));
    return command;
  }

  private Child keep(Child child) {
    children.add(child);
    return child;
  }

  private static boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    children.forEach(Child::close);
  }
}
