package io.starling.manager.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What is subscribed to, on whichever connection there is. Each channel has a stage that completes
 * when it is in force for the first time. All state belongs to the session's thread.
 */
final class RedisSubscriptions
    implements RedisLink.Owner<StatefulRedisPubSubConnection<String, ByteBuffer>> {
  private final RedisSession session;
  private final RedisLink<StatefulRedisPubSubConnection<String, ByteBuffer>> link;
  private final Map<String, CompletableFuture<Void>> wanted = new LinkedHashMap<>();
  private @Nullable StatefulRedisPubSubConnection<String, ByteBuffer> connection;
  private boolean up;
  private boolean paused;

  RedisSubscriptions(RedisSession session) {
    this.session = session;
    this.link = new RedisLink<>(session.thread(), this, session.pingInterval());
  }

  CompletionStage<Void> start() {
    return link.start(session.keepTrying());
  }

  /** Any thread. */
  CompletionStage<Void> subscribe(String channel) {
    CompletableFuture<Void> stage = new CompletableFuture<>();
    session.thread().execute(() -> subscribe(channel, stage));
    return stage;
  }

  private void subscribe(String channel, CompletableFuture<Void> stage) {
    CompletionStage<Void> before = wanted.putIfAbsent(channel, stage);
    if (before != null) {
      before.whenComplete((done, error) -> finish(stage, error));
    } else if (connection != null) {
      request(connection, channel, stage);
    }
  }

  /** Any thread. */
  CompletionStage<Void> unsubscribe(String channel) {
    CompletableFuture<Void> stage = new CompletableFuture<>();
    session.thread().execute(() -> unsubscribe(channel, stage));
    return stage;
  }

  private void unsubscribe(String channel, CompletableFuture<Void> stage) {
    CompletableFuture<Void> before = wanted.remove(channel);
    if (before != null) {
      before.completeExceptionally(session.closed());
    }
    if (connection == null) {
      stage.complete(null);
    } else {
      // A connection that breaks on the way takes the subscription with it.
      connection.async().unsubscribe(channel).whenComplete((done, error) -> finish(stage, null));
    }
  }

  /** Any thread. */
  void pause(boolean pause) {
    session.thread().execute(() -> pauseNow(pause));
  }

  private void pauseNow(boolean pause) {
    paused = pause;
    if (up) {
      reading(!pause);
    }
  }

  /** On the session's thread. */
  void close() {
    link.close();
    wanted.values().forEach(stage -> stage.completeExceptionally(session.closed()));
    wanted.clear();
  }

  @Override
  public CompletionStage<StatefulRedisPubSubConnection<String, ByteBuffer>> connect() {
    return session.connections().subscriber();
  }

  @Override
  public CompletionStage<?> prepare(StatefulRedisPubSubConnection<String, ByteBuffer> made) {
    connection = made;
    made.addListener(
        new RedisPubSubAdapter<String, ByteBuffer>() {
          @Override
          public void message(String channel, ByteBuffer frame) {
            link.heard();
            session.listener().frame(channel, frame);
          }
        });
    Map<String, CompletableFuture<Void>> now = new LinkedHashMap<>(wanted);
    if (now.isEmpty()) {
      return CompletableFuture.completedStage(null);
    }
    return made.async()
        .subscribe(now.keySet().toArray(String[]::new))
        .thenRun(() -> now.values().forEach(stage -> stage.complete(null)));
  }

  @Override
  public void up(StatefulRedisPubSubConnection<String, ByteBuffer> made, boolean first) {
    up = true;
    if (paused) {
      reading(false);
    }
    session.up(Direction.SUBSCRIBE, first);
  }

  @Override
  public void down(boolean wasUp, @Nullable Throwable cause) {
    connection = null;
    up = false;
    if (wasUp) {
      session.down(Direction.SUBSCRIBE, cause);
    }
  }

  /** A PING has no answer while nothing is read. */
  private void reading(boolean on) {
    session.connections().reading(on);
    link.watch(on);
  }

  private void request(
      StatefulRedisPubSubConnection<String, ByteBuffer> on,
      String channel,
      CompletableFuture<Void> stage) {
    on.async()
        .subscribe(channel)
        .whenCompleteAsync(
            (done, error) -> {
              if (error == null) {
                stage.complete(null);
              } else if (error instanceof RedisCommandExecutionException) {
                wanted.remove(channel, stage);
                stage.completeExceptionally(session.unavailable(error));
              }
              // Otherwise the connection broke, and the next one subscribes to what is wanted.
            },
            session.thread());
  }

  private static void finish(CompletableFuture<Void> stage, @Nullable Throwable error) {
    if (error == null) {
      stage.complete(null);
    } else {
      stage.completeExceptionally(error);
    }
  }
}
