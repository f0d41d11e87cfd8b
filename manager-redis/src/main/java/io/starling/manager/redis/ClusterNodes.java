package io.starling.manager.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.starling.manager.pubsub.BackendUrl.HostPort;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Finds the nodes of a Cluster: those that the URL names, and the masters that a node told of last.
 * The first node that answers is asked who owns which slot. Safe for any thread.
 */
final class ClusterNodes {
  private static final Duration ASKING = RedisConnector.CONNECT_TIMEOUT.multipliedBy(2);

  private final RedisAddress address;
  private final RedisConnector connector;

  /** The nodes that did not answer when they were asked last. */
  private final Set<RedisURI> silent = ConcurrentHashMap.newKeySet();

  /** The masters that a node told of last. */
  private volatile Set<HostPort> masters = Set.of();

  ClusterNodes(RedisAddress address, RedisConnector connector) {
    this.address = address;
    this.connector = connector;
  }

  /**
   * Asks a node after the other, in random order, until one tells who owns which slot. The random
   * order spreads the hosts, and it leads away from a node that is cut off from the others. Those
   * that did not answer last time come last, because a dead node costs seconds. No other node is
   * asked after {@link #ASKING}; the next attempt begins with those that were not asked.
   */
  CompletionStage<ClusterSlots> slots() {
    List<RedisURI> known = new ArrayList<>(address.seeds());
    masters.stream().map(address::at).filter(uri -> !known.contains(uri)).forEach(known::add);
    Collections.shuffle(known);
    silent.retainAll(known);
    known.sort(Comparator.comparing(Set.copyOf(silent)::contains));
    return slots(known, 0, System.nanoTime() + ASKING.toNanos());
  }

  private CompletionStage<ClusterSlots> slots(List<RedisURI> known, int index, long endNanos) {
    return slots(known.get(index))
        .exceptionallyCompose(
            error ->
                index + 1 < known.size() && System.nanoTime() - endNanos < 0
                    ? slots(known, index + 1, endNanos)
                    : CompletableFuture.failedStage(error));
  }

  private CompletionStage<ClusterSlots> slots(RedisURI node) {
    return connector
        .connect(node, "topology")
        .thenCompose(made -> slots(node, made).whenComplete((answer, error) -> close(made)))
        .whenComplete(
            (answer, error) -> {
              if (error == null) {
                silent.remove(node);
              } else {
                silent.add(node);
              }
            });
  }

  /** Asks a node that a connection is open to. */
  CompletionStage<ClusterSlots> slots(
      HostPort node, StatefulRedisConnection<String, ByteBuffer> made) {
    return slots(address.at(node), made);
  }

  private CompletionStage<ClusterSlots> slots(
      RedisURI node, StatefulRedisConnection<String, ByteBuffer> made) {
    return made.async()
        .clusterSlots()
        .toCompletableFuture()
        .orTimeout(RedisConnector.CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .thenApply(
            answer -> {
              ClusterSlots slots = ClusterSlots.of(node, answer);
              masters = slots.owners();
              return slots;
            });
  }

  /** Opens a connection for commands to every master; to none when one of them fails. */
  CompletionStage<Map<HostPort, StatefulRedisConnection<String, ByteBuffer>>> connectAll(
      ClusterSlots slots) {
    Map<HostPort, StatefulRedisConnection<String, ByteBuffer>> nodes = new ConcurrentHashMap<>();
    CompletableFuture<?>[] all =
        slots.owners().stream()
            .map(
                node ->
                    connector
                        .connect(address.at(node), "publish")
                        .thenAccept(made -> nodes.put(node, made))
                        .toCompletableFuture())
            .toArray(CompletableFuture[]::new);
    return CompletableFuture.allOf(all)
        .whenComplete(
            (done, error) -> {
              if (error != null) {
                nodes.values().forEach(ClusterNodes::close);
              }
            })
        .thenApply(done -> nodes);
  }

  /** Opens a connection that subscribes. */
  CompletionStage<RedisConnector.Subscriber> subscriber(HostPort node) {
    return connector.subscriber(address.at(node));
  }

  static void close(StatefulRedisConnection<String, ByteBuffer> connection) {
    var unused = connection.closeAsync();
  }
}
