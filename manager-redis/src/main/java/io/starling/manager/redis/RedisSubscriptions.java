package io.starling.manager.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.starling.manager.pubsub.Reconnecting;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A connection that subscribes at one server, and passes the frames to the listener. */
final class RedisSubscriptions implements RedisSubscriber {
  private final StatefulRedisPubSubConnection<String, ByteBuffer> lettuce;
  private final ReadGate gate;
  private final RedisBroker owner;
  private final Reconnecting<RedisSubscriptions> link;

  /** The channels whose subscription the server has confirmed. */
  private final Set<String> inForce = ConcurrentHashMap.newKeySet();

  private volatile boolean paused;
  private volatile @Nullable String runId;

  RedisSubscriptions(
      RedisConnector.Subscriber made, RedisBroker owner, Reconnecting<RedisSubscriptions> link) {
    this.lettuce = made.lettuce();
    this.gate = made.gate();
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
    return owner
        .identify(lettuce)
        .thenAccept(
            server -> {
              runId = server.runId();
              owner.watch().prepared(this);
            });
  }

  @Override
  public CompletionStage<?> subscribe(String channel) {
    return lettuce.async().subscribe(channel).thenRun(() -> inForce.add(channel));
  }

  @Override
  public CompletionStage<?> unsubscribe(String channel) {
    inForce.remove(channel);
    return lettuce
        .async()
        .unsubscribe(channel)
        .thenRun(() -> inForce.remove(channel)); // A subscription may have been in flight.
  }

  @Override
  public boolean isRefusal(Throwable error) {
    return error instanceof RedisCommandExecutionException;
  }

  @Override
  public boolean isCurrent() {
    return link.isCurrent(this);
  }

  @Override
  public boolean hears(String channel) {
    return inForce.contains(channel);
  }

  @Override
  public @Nullable String runId() {
    return runId;
  }

  @Override
  public void leave(Throwable cause) {
    link.lost(this, cause);
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

  @Override
  public void cut(Throwable cause) {
    var unused = lettuce.closeAsync();
  }
}
