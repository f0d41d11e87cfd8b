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
 * The subscribing half of the Redis back end. It remembers which channels the manager wants to
 * hear, and subscribes to them on each new connection. The {@link Reconnecting} link keeps the
 * connection up, on a thread of its own. Only that thread reads and writes the fields that change.
 */
final class RedisSubscriptions
    implements Subscribing, RedisDriver<StatefulRedisPubSubConnection<String, ByteBuffer>> {
  private final RedisConnections connections;
  private final BrokerAddress address;
  private final Listener listener;
  private final Reconnecting<StatefulRedisPubSubConnection<String, ByteBuffer>> link;

  /**
   * The wanted channels. The stage of a channel completes when the subscription is in force for the
   * first time.
   */
  private final Map<String, CompletableFuture<Void>> wanted = new LinkedHashMap<>();

  /**
   * The connection that is subscribed to all wanted channels, or is about to be; null while there
   * is none.
   */
  private @Nullable StatefulRedisPubSubConnection<String, ByteBuffer> connection;

  /**
   * Whether all subscriptions of the connection are in force. Before that its socket must be read,
   * even during a pause, because the answers of Redis come through it.
   */
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

  /**
   * Safe for any thread; does not block. A channel that is already subscribed to is subscribed to
   * once more on the broker. The stage completes when the subscription is in force.
   */
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

  /** Safe for any thread; does not block. */
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
            // If the connection breaks meanwhile, its subscriptions end as well. So an error also
            // completes the stage.
            StatefulRedisPubSubConnection<String, ByteBuffer> on = connection;
            ask(() -> on.async().unsubscribe(channel))
                .whenComplete((done, error) -> finish(stage, null));
          }
        });
    return stage;
  }

  /** Safe for any thread; does not block. */
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

  /**
   * Sends a {@code PING}, except during a pause: then nothing is read, so no answer could arrive.
   */
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
              // Any other error means that the connection broke. The next connection subscribes to
              // all wanted channels and completes the stage.
            },
            link::execute);
  }

  /** Turns an exception that Lettuce throws into a failed stage. */
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
