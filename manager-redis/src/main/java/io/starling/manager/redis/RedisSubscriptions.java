package io.starling.manager.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.BrokerAddress;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import io.starling.manager.pubsub.Reconnecting;
import io.starling.manager.pubsub.ReconnectingBackend.Subscribing;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The channels that are wanted, on whichever connection there is. Each channel has a stage that
 * completes when the subscription is in force for the first time. All state belongs to the link's
 * thread.
 */
final class RedisSubscriptions
    implements Subscribing, RedisDriver<StatefulRedisPubSubConnection<String, ByteBuffer>> {
  private final RedisConnections connections;
  private final BrokerAddress address;
  private final Listener listener;
  private final Reconnecting<StatefulRedisPubSubConnection<String, ByteBuffer>> link;
  private final Map<String, CompletableFuture<Void>> wanted = new LinkedHashMap<>();

  /** The connection that is subscribed to what is wanted, or is about to be. */
  private @Nullable StatefulRedisPubSubConnection<String, ByteBuffer> connection;

  /** Whether the connection's socket may be paused: everything on it is in force. */
  private boolean subscribed;

  private boolean paused;
  private boolean closed;

  RedisSubscriptions(RedisConnections connections, Listener listener) {
    this.connections = connections;
    this.address = connections.address().shown();
    this.listener = listener;
    this.link = connections.link("subscriber", Direction.SUBSCRIBE, this);
  }

  @Override
  public RedisConnections connections() {
    return connections;
  }

  @Override
  public Reconnecting<?> link() {
    return link;
  }

  /** Any thread. A channel that is wanted already is subscribed to once more. */
  @Override
  public CompletionStage<Void> subscribe(String channel) {
    CompletableFuture<Void> stage = new CompletableFuture<>();
    link.execute(
        () -> {
          if (closed) {
            stage.completeExceptionally(address.closed());
            return;
          }
          CompletableFuture<Void> before = wanted.put(channel, stage);
          if (before != null) {
            var unused = stage.whenComplete((done, error) -> finish(before, error));
          }
          if (connection != null) {
            request(connection, channel, stage);
          }
        });
    return stage;
  }

  /** Any thread. */
  @Override
  public CompletionStage<Void> unsubscribe(String channel) {
    CompletableFuture<Void> stage = new CompletableFuture<>();
    link.execute(
        () -> {
          CompletableFuture<Void> before = wanted.remove(channel);
          if (before != null) {
            before.completeExceptionally(address.closed());
          }
          if (connection == null) {
            stage.complete(null);
          } else {
            // A connection that breaks on the way takes the subscription with it.
            StatefulRedisPubSubConnection<String, ByteBuffer> on = connection;
            ask(() -> on.async().unsubscribe(channel))
                .whenComplete((done, error) -> finish(stage, null));
          }
        });
    return stage;
  }

  /** Any thread. */
  @Override
  public void pause(boolean pause) {
    link.execute(
        () -> {
          paused = pause;
          link.heard();
          if (subscribed) {
            connections.reading(!pause);
          }
        });
  }

  @Override
  public CompletionStage<Void> close() {
    connections.cancel();
    link.execute(
        () -> {
          closed = true;
          wanted.values().forEach(stage -> stage.completeExceptionally(address.closed()));
          wanted.clear();
        });
    return link.close();
  }

  @Override
  public CompletionStage<StatefulRedisPubSubConnection<String, ByteBuffer>> open() {
    return connections.subscriber();
  }

  @Override
  public CompletionStage<?> prepare(StatefulRedisPubSubConnection<String, ByteBuffer> made) {
    RedisConnections.watch(made, link);
    made.addListener(
        new RedisPubSubAdapter<String, ByteBuffer>() {
          @Override
          public void message(String channel, ByteBuffer frame) {
            if (link.isCurrent(made)) {
              link.heard();
              listener.frame(channel, frame);
            }
          }
        });
    return connections
        .role()
        .check(made)
        .thenComposeAsync(lives -> subscribeAll(made), link::execute)
        .thenRunAsync(
            () -> {
              subscribed = connection == made;
              connections.reading(!paused);
            },
            link::execute);
  }

  private CompletionStage<?> subscribeAll(StatefulRedisPubSubConnection<String, ByteBuffer> made) {
    connection = made;
    Map<String, CompletableFuture<Void>> now = new LinkedHashMap<>(wanted);
    if (now.isEmpty()) {
      return CompletableFuture.completedStage(null);
    }
    return made.async()
        .subscribe(now.keySet().toArray(String[]::new))
        .thenRun(() -> now.values().forEach(stage -> stage.complete(null)));
  }

  /** A PING has no answer while nothing is read. */
  @Override
  public CompletionStage<?> check(StatefulRedisPubSubConnection<String, ByteBuffer> watched) {
    return paused ? CompletableFuture.completedStage(null) : watched.async().ping();
  }

  @Override
  public void close(StatefulRedisPubSubConnection<String, ByteBuffer> gone) {
    connection = null;
    subscribed = false;
  }

  private void request(
      StatefulRedisPubSubConnection<String, ByteBuffer> on,
      String channel,
      CompletableFuture<Void> stage) {
    ask(() -> on.async().subscribe(channel))
        .whenCompleteAsync(
            (done, error) -> {
              if (error == null) {
                stage.complete(null);
              } else if (error.getCause() instanceof RedisCommandExecutionException) {
                wanted.remove(channel, stage);
                stage.completeExceptionally(address.unavailable(Outcome.UNKNOWN, error.getCause()));
              }
              // Otherwise the connection broke, and the next one subscribes to what is wanted.
            },
            link::execute);
  }

  /** What Lettuce throws is how the stage fails. */
  private static CompletionStage<?> ask(Supplier<CompletionStage<Void>> question) {
    return CompletableFuture.completedStage(null).thenCompose(nothing -> question.get());
  }

  private static void finish(CompletableFuture<Void> stage, @Nullable Throwable error) {
    if (error == null) {
      stage.complete(null);
    } else {
      stage.completeExceptionally(error);
    }
  }
}
