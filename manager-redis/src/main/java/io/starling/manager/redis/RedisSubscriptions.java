package io.starling.manager.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.starling.manager.pubsub.Broker.Subscribing;
import io.starling.manager.pubsub.Reconnecting;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A connection that subscribes to channels and passes their frames to the listener. */
final class RedisSubscriptions implements RedisConnection, Subscribing {
  private final StatefulRedisPubSubConnection<String, ByteBuffer> lettuce;
  private final ReadGate gate;
  private final RedisBroker owner;
  private final Reconnecting<RedisSubscriptions> link;
  private volatile boolean paused;

  RedisSubscriptions(
      StatefulRedisPubSubConnection<String, ByteBuffer> lettuce,
      ReadGate gate,
      RedisBroker owner,
      Reconnecting<RedisSubscriptions> link) {
    this.lettuce = lettuce;
    this.gate = gate;
    this.owner = owner;
    this.link = link;
  }

  @Override
  public StatefulRedisPubSubConnection<String, ByteBuffer> lettuce() {
    return lettuce;
  }

  @Override
  public RedisBroker owner() {
    return owner;
  }

  @Override
  public CompletionStage<?> prepare() {
    RedisBroker.watch(lettuce, cause -> link.lost(this, cause));
    lettuce.addListener(
        new RedisPubSubAdapter<String, ByteBuffer>() {
          @Override
          public void message(String channel, ByteBuffer frame) {
            if (link.isCurrent(RedisSubscriptions.this)) {
              link.heard();
              owner.listener().frame(channel, frame);
            }
          }
        });
    return owner.role().check(lettuce);
  }

  @Override
  public CompletionStage<?> subscribe(String channel) {
    return lettuce.async().subscribe(channel);
  }

  @Override
  public CompletionStage<?> unsubscribe(String channel) {
    return lettuce.async().unsubscribe(channel);
  }

  @Override
  public boolean isRefusal(Throwable error) {
    return error instanceof RedisCommandExecutionException;
  }

  /** Stops or starts reading from the socket. */
  @Override
  public void pause(boolean pause) {
    paused = pause;
    link.heard();
    gate.open(!pause);
  }

  /**
   * Sends a {@code PING}, except during a pause: then nothing is read, so no answer could arrive.
   */
  @Override
  public CompletionStage<?> check() {
    return paused ? CompletableFuture.completedStage(null) : lettuce.async().ping();
  }
}
