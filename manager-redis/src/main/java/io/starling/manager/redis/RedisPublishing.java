package io.starling.manager.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.BrokerAddress;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.Reconnecting;
import io.starling.manager.pubsub.ReconnectingBackend.Publishing;
import io.starling.manager.redis.RedisRole.DemotedException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The publishing half of the Redis back end. Each frame is sent at most once, on the connection
 * that is up at that moment. If that connection breaks before Redis has answered, the frame fails;
 * this class does not send it again on the next connection.
 */
final class RedisPublishing
    implements Publishing, RedisDriver<StatefulRedisConnection<String, ByteBuffer>> {
  private final RedisConnections connections;
  private final BrokerAddress address;
  private final Consumer<Throwable> demoted;
  private final Reconnecting<StatefulRedisConnection<String, ByteBuffer>> link;

  /**
   * Opens nothing until {@link #link()} is started.
   *
   * @param demoted called when the server has become a replica. The subscribing connection must be
   *     replaced then, and cannot find this out by itself.
   */
  RedisPublishing(RedisConnections connections, Consumer<Throwable> demoted) {
    this.connections = connections;
    this.address = connections.address().shown();
    this.demoted = demoted;
    this.link = connections.link("publisher", Direction.PUBLISH, this);
  }

  @Override
  public RedisConnections connections() {
    return connections;
  }

  @Override
  public Reconnecting<?> link() {
    return link;
  }

  @Override
  public CompletionStage<Void> close() {
    connections.cancel();
    return link.close();
  }

  /** Safe for any thread; does not block. */
  @Override
  public CompletionStage<Integer> publish(
      String channel, ByteBuffer frame, BooleanSupplier inOrder) {
    StatefulRedisConnection<String, ByteBuffer> now = link.connection();
    if (now == null) {
      return CompletableFuture.failedStage(address.notConnected());
    }
    if (!inOrder.getAsBoolean()) {
      return PubSubBackend.outOfOrder();
    }
    try {
      return now.async()
          .publish(channel, frame)
          .handle(
              (receivers, error) -> {
                if (error != null) {
                  throw address.unavailable(Outcome.UNKNOWN, error);
                }
                link.heard();
                return Math.toIntExact(receivers);
              });
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(address.unavailable(Outcome.NOT_SENT, e));
    }
  }

  @Override
  public CompletionStage<StatefulRedisConnection<String, ByteBuffer>> open() {
    return connections.publisher();
  }

  @Override
  public CompletionStage<?> prepare(StatefulRedisConnection<String, ByteBuffer> made) {
    RedisConnections.watch(made, link);
    return connections.role().check(made);
  }

  @Override
  public CompletionStage<?> check(StatefulRedisConnection<String, ByteBuffer> connection) {
    return connections
        .role()
        .check(connection)
        .whenComplete(
            (done, error) -> {
              if (error != null && error.getCause() instanceof DemotedException gone) {
                demoted.accept(gone);
              }
            });
  }
}
