package io.starling.integration.broker;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A Redis Cluster of three masters as child processes on free ports of the loopback. */
public final class RedisCluster implements TestBroker.Running {
  private static final int MASTERS = 3;
  private static final int SLOTS = 16_384;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Path directory;
  private final List<EmbeddedRedis> nodes = new ArrayList<>();

  private RedisCluster(Path directory) {
    this.directory = directory;
  }

  /** Starts a Cluster, and waits until every node can be used. */
  public static RedisCluster start() {
    RedisCluster made = null;
    try {
      made = new RedisCluster(Files.createTempDirectory("starling-cluster"));
      made.startAll();
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Throwable e) {
      if (made != null) {
        made.close();
      }
      throw e;
    }
  }

  private void startAll() {
    int first = 0;
    for (int i = 0; i < MASTERS; i++) {
      int busPort = Ports.free();
      EmbeddedRedis node = start(busPort);
      nodes.add(node);
      int next = SLOTS * (i + 1) / MASTERS;
      run(node, "CLUSTER ADDSLOTSRANGE " + first + " " + (next - 1));
      run(node, "CLUSTER SET-CONFIG-EPOCH " + (i + 1));
      run(nodes.get(0), "CLUSTER MEET 127.0.0.1 " + node.port() + " " + busPort);
      first = next;
    }
    await("the nodes know each other")
        .atMost(TIMEOUT)
        .until(() -> nodes.stream().allMatch(RedisCluster::isReady));
  }

  private EmbeddedRedis start(int busPort) {
    return EmbeddedRedis.start(
        "--cluster-enabled",
        "yes",
        "--cluster-port",
        Integer.toString(busPort),
        "--cluster-config-file",
        directory.resolve("nodes-" + busPort + ".conf").toString(),
        "--cluster-node-timeout",
        "2000",
        "--repl-diskless-sync-delay",
        "0");
  }

  /** Adds a replica of a node, and waits until it follows. */
  public EmbeddedRedis addReplica(EmbeddedRedis master) {
    int busPort = Ports.free();
    EmbeddedRedis replica = start(busPort);
    nodes.add(replica);
    run(master, "CLUSTER MEET 127.0.0.1 " + replica.port() + " " + busPort);
    String masterId = id(master);
    await("the replica knows its master")
        .atMost(TIMEOUT)
        .until(() -> replica.ask("CLUSTER REPLICATE " + masterId).startsWith("+OK"));
    await("the replica follows")
        .atMost(TIMEOUT)
        .until(
            () ->
                replica.ask("INFO replication").contains("master_link_status:up")
                    && nodes.stream().allMatch(node -> knows(node, id(replica), masterId)));
    return replica;
  }

  /** Makes a replica the master, and its living master a replica of it. */
  public void failOverTo(EmbeddedRedis replica) {
    run(replica, "CLUSTER FAILOVER");
    await("the replica is the master")
        .atMost(TIMEOUT)
        .until(() -> replica.ask("ROLE").contains("master"));
  }

  /** Whether a node knows that this replica belongs to this master. */
  private static boolean knows(EmbeddedRedis node, String replica, String master) {
    return node.ask("CLUSTER NODES")
        .lines()
        .anyMatch(line -> line.startsWith(replica) && line.contains(master));
  }

  private static boolean isReady(EmbeddedRedis node) {
    String state = node.ask("CLUSTER INFO");
    return state.contains("cluster_state:ok") && state.contains("cluster_known_nodes:" + MASTERS);
  }

  public List<EmbeddedRedis> nodes() {
    return List.copyOf(nodes);
  }

  /** The master that owns the slot of a channel. */
  public EmbeddedRedis owner(String channel) {
    String slot = slot(channel);
    return nodes.stream()
        .filter(EmbeddedRedis::isAlive)
        .filter(node -> owns(node, Integer.parseInt(slot)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("nobody owns " + slot));
  }

  private String slot(String channel) {
    return nodes
        .get(0)
        .ask("CLUSTER KEYSLOT " + channel)
        .lines()
        .findFirst()
        .orElseThrow()
        .substring(1);
  }

  private static boolean owns(EmbeddedRedis node, int slot) {
    String self =
        node.ask("CLUSTER NODES")
            .lines()
            .filter(line -> line.contains("myself"))
            .findFirst()
            .orElseThrow();
    String[] words = self.split(" ", -1);
    for (int i = 8; i < words.length; i++) {
      String[] range = words[i].split("-", -1);
      if (range[0].matches("[0-9]+")
          && Integer.parseInt(range[0]) <= slot
          && slot <= Integer.parseInt(range[range.length - 1])) {
        return true;
      }
    }
    return false;
  }

  /** Moves the slot of a channel to another node while the Cluster is in use. */
  public void move(String channel, EmbeddedRedis to) {
    EmbeddedRedis from = owner(channel);
    String slot = "CLUSTER SETSLOT " + slot(channel);
    run(to, slot + " IMPORTING " + id(from));
    run(from, slot + " MIGRATING " + id(to));
    run(to, slot + " NODE " + id(to));
    run(from, slot + " NODE " + id(to));
    for (EmbeddedRedis node : nodes) {
      if (node != from && node != to && node.ask("ROLE").contains("master")) {
        run(node, slot + " NODE " + id(to));
      }
    }
  }

  private static String id(EmbeddedRedis node) {
    return node.ask("CLUSTER MYID").lines().skip(1).findFirst().orElseThrow();
  }

  private static void run(EmbeddedRedis node, String command) {
    String answer = node.ask(command);
    if (!answer.startsWith("+OK")) {
      throw new AssertionError(command + ": " + answer);
    }
  }

  @Override
  public String url() {
    return nodes.stream()
        .map(node -> "127.0.0.1:" + node.port())
        .collect(Collectors.joining(",", "redis-cluster://", ""));
  }

  @Override
  public void close() {
    nodes.forEach(EmbeddedRedis::close);
    EmbeddedKafka.delete(directory);
  }
}
