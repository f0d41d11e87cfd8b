package io.starling.manager.redis;

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
    HostPort node = slots.owner(channel);
    StatefulRedisConnection<String, ByteBuffer> lettuce = node == null ? null : nodes.get(node);
    if (lettuce == null) {
      return unserved(channel);
    }
    RedisSubscriber before = owner.watch().hearing(channel);
    try {
      return lettuce
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
      return CompletableFuture.failedStage(owner.address().unavailable(Outcome.NOT_SENT, e));
    }
  }

  private CompletionStage<Integer> unserved(String channel) {
    IllegalStateException error = new IllegalStateException("no node owns the slot of " + channel);
    link.lost(this, error);
    return CompletableFuture.failedStage(owner.address().unavailable(Outcome.NOT_SENT, error));
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
