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
 * A connection that publishes. Each frame is sent at most once. If the connection breaks before
 * Redis has answered, the frame fails, and nobody sends it again on the next connection.
 */
record RedisPublishing(
    StatefulRedisConnection<String, ByteBuffer> lettuce,
    RedisBroker owner,
    Reconnecting<RedisPublishing> link)
    implements RedisConnection, Publishing {

  @Override
  public CompletionStage<?> prepare() {
    RedisBroker.watch(lettuce, cause -> link.lost(this, cause));
    return owner.role().check(lettuce);
  }

  /** Safe for any thread; does not block. */
  @Override
  public CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
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
                return Math.toIntExact(receivers);
              });
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(owner.address().unavailable(Outcome.NOT_SENT, e));
    }
  }

  @Override
  public CompletionStage<?> check() {
    return owner
        .role()
        .check(lettuce)
        .whenComplete(
            (done, error) -> {
              if (error != null && error.getCause() instanceof DemotedException gone) {
                owner.demoted(gone);
              }
            });
  }
}
