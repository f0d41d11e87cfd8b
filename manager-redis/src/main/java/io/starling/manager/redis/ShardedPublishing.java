package io.starling.manager.redis;

import static java.util.Objects.requireNonNull;

import io.lettuce.core.api.StatefulRedisConnection;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.BackendUrl.HostPort;
import io.starling.manager.pubsub.Broker.Publishing;
import io.starling.manager.pubsub.Reconnecting;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
      return requireNonNull(nodes.get(slots.owner(channel)), channel)
          .async()
          .spublish(channel, frame)
          .handle(
              (receivers, error) -> {
                if (error != null) {
                  if (ClusterSlots.isServedElsewhere(error)) {
                    link.lost(this, error);
                  }
                  throw owner.address().unavailable(Outcome.UNKNOWN, error);
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
   * Asks every node. A frame that one node has confirmed says nothing about the others, so it does
   * not count as a sign of life.
   */
  @Override
  public CompletionStage<?> check() {
    return CompletableFuture.allOf(
        nodes.values().stream()
            .map(node -> node.async().ping().toCompletableFuture())
            .toArray(CompletableFuture[]::new));
  }

  @Override
  public void cut(Throwable cause) {
    nodes.values().forEach(ClusterNodes::close);
  }
}
