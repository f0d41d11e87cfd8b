package io.starling.benchmarks.suite;

import io.starling.benchmarks.BenchServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The commands that start each system. {@code root} is the folder of the project. */
record Systems(Path root) {
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
