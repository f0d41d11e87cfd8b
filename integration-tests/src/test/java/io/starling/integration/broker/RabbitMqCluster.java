package io.starling.integration.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Three nodes of RabbitMQ that form a cluster, each a {@link RabbitMqProcess}. A node that is cut
 * off from the two others pauses until they are back ({@code pause_minority}).
 */
public final class RabbitMqCluster implements TestBroker.Running {
  private static final int NODES = 3;

  private final ErlangHome home;
  private final List<RabbitMqProcess> nodes = new ArrayList<>();

  private RabbitMqCluster(ErlangHome home, List<Integer> ports) throws IOException {
    this.home = home;
    List<String> settings =
        new ArrayList<>(
            List.of(
                "cluster_partition_handling = pause_minority",
                "cluster_formation.peer_discovery_backend = classic_config"));
    for (int port : ports) {
      settings.add(
          "cluster_formation.classic_config.nodes." + port + " = " + RabbitMqProcess.node(port));
    }
    for (int port : ports) {
      nodes.add(new RabbitMqProcess(home, port, settings));
    }
  }

  /** Skips the test where RabbitMQ is not installed; fails it where {@code CI=true}. */
  public static RabbitMqCluster start() {
    RabbitMqProcess.requireInstalled();
    try {
      RabbitMqCluster cluster =
          new RabbitMqCluster(
              new ErlangHome(), IntStream.range(0, NODES).mapToObj(i -> Ports.free()).toList());
      try {
        cluster.complete();
        return cluster;
      } catch (Throwable e) {
        cluster.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the nodes that do not run, and waits until every node sees all others. */
  public void complete() {
    List<RabbitMqProcess> down = nodes.stream().filter(node -> !node.isAlive()).toList();
    down.forEach(RabbitMqProcess::launch);
    down.forEach(RabbitMqProcess::awaitReady);
    Awaitility.await().atMost(Duration.ofSeconds(40)).until(this::isComplete);
  }

  private boolean isComplete() {
    String seeingAll =
        "length([N || N <- %s, L <- [rpc:call(N, rabbit_nodes, all_running, [])], is_list(L), length(L) =:= %d])."
            .formatted(names(nodes.stream()), NODES);
    return nodes.get(0).control("eval", seeingAll).contains(Integer.toString(NODES));
  }

  /** The nodes, in the order of {@link #url()}. */
  public List<RabbitMqProcess> nodes() {
    return List.copyOf(nodes);
  }

  /** How many connections of clients this node and those that it sees have. */
  public int connections(RabbitMqProcess node) {
    return list(node).size();
  }

  /** The port of the node of each connection. */
  private static List<String> list(RabbitMqProcess node) {
    return node.control("list_connections", "--no-table-headers", "port");
  }

  /** The node with the most connections of clients. All nodes must run. */
  public RabbitMqProcess busiest() {
    List<String> each = list(nodes.get(0));
    return nodes.stream()
        .max(
            Comparator.comparing(
                node -> Collections.frequency(each, Integer.toString(node.port()))))
        .orElseThrow();
  }

  /** Another node than this. */
  public RabbitMqProcess otherThan(RabbitMqProcess node) {
    return others(node).findFirst().orElseThrow();
  }

  private Stream<RabbitMqProcess> others(RabbitMqProcess node) {
    return nodes.stream().filter(each -> each != node);
  }

  /**
   * Breaks the links between one node and the two others, which then refuse each other until {@link
   * #join}.
   */
  public void cutOff(RabbitMqProcess node) {
    node.control("eval", links(node, "erlang:set_cookie(N, other), erlang:disconnect_node(N)"));
  }

  /** Ends {@link #cutOff}. */
  public void join(RabbitMqProcess node) {
    node.control("eval", links(node, "erlang:set_cookie(N, erlang:get_cookie())"));
  }

  private String links(RabbitMqProcess node, String call) {
    return "[begin " + call + " end || N <- " + names(others(node)) + "].";
  }

  /** A list of Erlang atoms. */
  private static String names(Stream<RabbitMqProcess> nodes) {
    return nodes
        .map(node -> "'" + RabbitMqProcess.node(node.port()) + "'")
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** All three hosts. */
  @Override
  public String url() {
    return nodes.stream()
        .map(node -> "127.0.0.1:" + node.port())
        .collect(Collectors.joining(",", "amqp://guest:guest@", ""));
  }

  @Override
  public void close() {
    nodes.forEach(RabbitMqProcess::kill);
    home.close();
  }
}
