package io.starling.manager.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.Broker.Publishing;
import io.starling.manager.pubsub.Reconnecting;
import io.starling.manager.redis.RedisRole.DemotedException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A connection that publishes to one server. Each frame is sent at most once. If the connection
 * breaks before Redis has answered, the frame fails, and nobody sends it again on the next
 * connection.
 */
final class RedisPublishing implements RedisConnection, Publishing {
  private final StatefulRedisConnection<String, ByteBuffer> lettuce;
  private final RedisBroker owner;
  private final Reconnecting<RedisPublishing> link;
  private volatile RedisIdentity server = RedisIdentity.UNKNOWN;

  RedisPublishing(
      StatefulRedisConnection<String, ByteBuffer> lettuce,
      RedisBroker owner,
      Reconnecting<RedisPublishing> link) {
    this.lettuce = lettuce;
    this.owner = owner;
    this.link = link;
  }

  @Override
  public RedisBroker owner() {
    return owner;
  }

  @Override
  public CompletionStage<?> prepare() {
    RedisConnection.watch(lettuce, cause -> link.lost(this, cause));
    return owner.identify(lettuce).thenAccept(identity -> server = identity);
  }

  /** Safe for any thread; does not block. */
  @Override
  public CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
    RedisSubscriber before = owner.watch().hearing(channel);
    try {
      return lettuce
          .async()
          .publish(channel, frame)
          .handle(
              (receivers, error) -> {
                if (error != null) {
                  throw owner.address().unavailable(Outcome.UNKNOWN, error);
                }
                link.heard();
                if (server.clusterNode()) {
                  return -1; // Redis counts the clients of this node only.
                }
                owner.watch().counted(before, channel, receivers);
                // A server that may not be asked may be a node of a Cluster, too.
                return server.isUnknown() ? -1 : Math.toIntExact(receivers);
              });
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(owner.address().unavailable(Outcome.NOT_SENT, e));
    }
  }

  @Override
  public CompletionStage<?> check() {
    if (server.clusterNode()) {
      return lettuce.async().ping();
    }
    return owner
        .role()
        .check(lettuce)
        .thenRun(() -> owner.watch().compare(server.runId()))
        .whenComplete(
            (done, error) -> {
              if (error != null && error.getCause() instanceof DemotedException gone) {
                owner.watch().demoted(gone);
              }
            });
  }

  @Override
  public void cut(Throwable cause) {
    var unused = lettuce.closeAsync();
  }
}
