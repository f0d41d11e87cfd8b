package io.starling.manager.redis;

import static java.util.Objects.requireNonNull;

import io.lettuce.core.api.StatefulRedisConnection;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.BackendUrl.HostPort;
import io.starling.manager.pubsub.Broker.Publishing;
import io.starling.manager.pubsub.Reconnecting;
import io.starling.manager.redis.RedisRole.DemotedException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Publishes to the shards of a Cluster, with one connection to each master. A frame goes to the
 * owner of the slot of its channel. When one of the connections breaks, or a slot has moved, all of
 * them are given up, and the next ones follow the new order. This keeps the frames of a channel in
 * order without a queue.
 */
final class ShardedPublishing implements RedisConnection, Publishing {
  private final ClusterSlots slots;
  private final Map<HostPort, StatefulRedisConnection<String, ByteBuffer>> nodes;
  private final RedisBroker owner;
  private final Reconnecting<ShardedPublishing> link;

  ShardedPublishing(
      ClusterSlots slots,
      Map<HostPort, StatefulRedisConnection<String, ByteBuffer>> nodes,
      RedisBroker owner,
      Reconnecting<ShardedPublishing> link) {
    this.slots = slots;
    this.nodes = nodes;
    this.owner = owner;
    this.link = link;
  }

  @Override
  public RedisBroker owner() {
    return owner;
  }

  @Override
  public CompletionStage<?> prepare() {
    nodes.values().forEach(node -> RedisConnection.watch(node, cause -> link.lost(this, cause)));
    return check();
  }

  /** Safe for any thread; does not block. */
  @Override
  public CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
    RedisSubscriber before = owner.watch().hearing(channel);
    try {
      StatefulRedisConnection<String, ByteBuffer> node =
          requireNonNull(nodes.get(slots.owner(channel)), channel);
      return node.async()
          .spublish(channel, frame)
          .thenCompose(receivers -> trusted(node, receivers))
          .handle(
              (receivers, error) -> {
                if (error != null) {
                  throw failed(error);
                }
                owner.watch().counted(before, channel, receivers);
                return Math.toIntExact(receivers);
              });
    } catch (RuntimeException e) {
      link.lost(this, e); // Nobody owns the slot, or the connection is closed.
      return CompletableFuture.failedStage(owner.address().unavailable(Outcome.NOT_SENT, e));
    }
  }

  /**
   * Believes that nobody received a frame only if the node is still a master. A node that has
   * become the replica of the new owner takes frames without an error, but has no subscribers.
   */
  private CompletionStage<Long> trusted(
      StatefulRedisConnection<String, ByteBuffer> node, Long receivers) {
    return receivers > 0
        ? CompletableFuture.completedStage(receivers)
        : owner.role().check(node).thenApply(master -> receivers);
  }

  private BackendUnavailableException failed(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    if (cause instanceof DemotedException || ClusterSlots.isServedElsewhere(cause)) {
      link.lost(this, cause);
    }
    return owner.address().unavailable(Outcome.UNKNOWN, cause);
  }

  /**
   * Asks every node whether it is still a master. A frame that one node has confirmed says nothing
   * about the others, so it does not count as a sign of life.
   */
  @Override
  public CompletionStage<?> check() {
    return CompletableFuture.allOf(
        nodes.values().stream()
            .map(node -> owner.role().check(node).toCompletableFuture())
            .toArray(CompletableFuture[]::new));
  }

  @Override
  public void cut(Throwable cause) {
    nodes.values().forEach(ClusterNodes::close);
  }
}
