package io.starling.benchmarks.suite;

import io.starling.benchmarks.load.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The running hosts of one contestant. */
final class Cluster implements AutoCloseable {
  private final String name;
  private final List<Child> servers = new ArrayList<>();
  private final List<Host> hosts = new ArrayList<>();

  private Cluster(String name) {
    this.name = name;
  }

  static Cluster start(Contestant contestant, int hosts, Path logs)
      throws IOException, InterruptedException {
    Cluster cluster = new Cluster(contestant.name());
    try {
      for (int i = 0; i < hosts; i++) {
        cluster.startHost(contestant, logs);
      }
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void startHost(Contestant contestant, Path logs)
      throws IOException, InterruptedException {
    int port = freePort();
    Child server = Child.start(logs, "server", Map.of(), contestant.command().apply(port));
    servers.add(server);
    server.await("ready");
    hosts.add(
        new Host(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), server.pid()));
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  String name() {
    return name;
  }

  List<Host> hosts() {
    return List.copyOf(hosts);
  }

  @Override
  public void close() {
    servers.forEach(Child::close);
  }
}
