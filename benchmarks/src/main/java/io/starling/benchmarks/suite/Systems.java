package io.starling.benchmarks.suite;

import io.starling.benchmarks.BenchServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The commands that start each system. {@code root} is the folder of the project. */
record Systems(Path root) {
  /** On RabbitMQ python-socketio opens a connection for each event. */
  private static final int SLOW_PYTHON_LINES = 50_000;

  private static final String RUN_ID = "bench" + ProcessHandle.current().pid();

  Contestant starling() {
    return new Contestant("Starling", port -> server("--port", "" + port));
  }

  /**
   * Starling with a broker.
   *
   * @param url the URL of the broker, without parameters
   */
  Contestant starling(String broker, String url) {
    String manager = url + "?prefix=" + RUN_ID;
    return new Contestant(
        "Starling, " + broker, port -> server("--port", "" + port, "--manager", manager));
  }

  Contestant node() {
    return new Contestant("Node socket.io", port -> List.of("node", nodeServer(), "" + port));
  }

  Contestant nodeRedis(String url) {
    return new Contestant(
        "Node socket.io, Redis", port -> List.of("node", nodeServer(), "" + port, url, RUN_ID));
  }

  Contestant nettySocketIo() {
    String main = "io.starling.benchmarks.peers.NettySocketIoServer";
    String classPath = peers().resolve("peers.jar") + ":" + libraries() + "/*";
    return new Contestant(
        "netty-socketio", port -> List.of(java(), "-cp", classPath, main, "" + port));
  }

  /** Starling's command for a file of lines, with little memory. */
  Emitters.Contender starlingEmitter(String url) {
    String jar = root.resolve("emitter/target/emitter.jar").toString();
    String manager = url + "?prefix=" + RUN_ID;
    return new Emitters.Contender(
        "Starling",
        Integer.MAX_VALUE,
        List.of(java(), "-Xmx64m", "-jar", jar, "--manager", manager, "batch", "--rate", "0"));
  }

  Emitters.Contender nodeEmitter(String url) {
    String script = root.resolve("benchmarks/node-emitter.mjs").toString();
    return new Emitters.Contender(
        "Node @socket.io/redis-emitter", Integer.MAX_VALUE, List.of("node", script, url, RUN_ID));
  }

  /**
   * The write-only manager of python-socketio.
   *
   * @throws IOException when python-socketio or its client of the broker is not installed
   */
  Emitters.Contender pythonEmitter(String url) throws IOException, InterruptedException {
    String script = root.resolve("benchmarks/python-emitter.py").toString();
    for (String python : List.of("/usr/bin/python3", "python3")) {
      if (runs(python, "-c", "import socketio, redis, kombu")) {
        int most = url.startsWith("redis") ? Integer.MAX_VALUE : SLOW_PYTHON_LINES;
        return new Emitters.Contender("python-socketio", most, List.of(python, script, url));
      }
    }
    throw new IOException(
        "python-socketio: not found (expected: the Debian packages python3-socketio, python3-redis"
            + " and python3-kombu)");
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** The folder with Kafka's jars. */
  Path libraries() {
    return peers().resolve("lib");
  }

  private Path peers() {
    return root.resolve("benchmarks/peers/target");
  }

  /**
   * The command that {@code benchmarks/server} runs. The script itself would first check whether
   * the sources have changed.
   */
  private static List<String> server(String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                java(), "-cp", System.getProperty("java.class.path"), BenchServer.class.getName()));
    command.addAll(List.of(options));
    return command;
  }

  private String nodeServer() {
    return root.resolve("benchmarks/node-server.mjs").toString();
  }

  /** The {@code java} executable of the JVM that runs this program. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
