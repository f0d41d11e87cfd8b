package io.starling.manager.redis;

import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redis pub/sub: one connection that publishes, one that subscribes, each kept by a {@link
 * RedisLink}.
 */
final class RedisBackend implements PubSubBackend {
  private static final Logger LOG = LoggerFactory.getLogger(RedisBackend.class);

  private final RedisAddress address;
  private final String name;
  private final Duration pingInterval;
  private @Nullable Running running;
  private @Nullable CompletableFuture<Void> closed;

  /** A started one. */
  private record Running(
      RedisSession session, RedisPublishing publishing, RedisSubscriptions subscriptions) {}

  RedisBackend(RedisAddress address, String name, Duration pingInterval) {
    this.address = address;
    this.name = name;
    this.pingInterval = pingInterval;
  }

  @Override
  public CompletionStage<Void> start(
      Set<Direction> directions, PubSubSettings settings, Listener listener) {
    Running started = open(listener, settings.keepTrying());
    CompletionStage<Void> publishing =
        directions.contains(Direction.PUBLISH) ? started.publishing().start() : connected();
    CompletionStage<Void> subscribing =
        directions.contains(Direction.SUBSCRIBE) ? started.subscriptions().start() : connected();
    if (settings.keepTrying()) {
      return connected();
    }
    return CompletableFuture.allOf(
            publishing.toCompletableFuture(), subscribing.toCompletableFuture())
        .handle((done, error) -> error == null ? connected() : failed(error))
        .thenCompose(stage -> stage);
  }

  private static CompletionStage<Void> connected() {
    return CompletableFuture.completedStage(null);
  }

  private CompletionStage<Void> failed(Throwable error) {
    BackendUnavailableException why = address.unavailable(Outcome.NOT_SENT, error);
    return release().thenCompose(freed -> CompletableFuture.failedStage(why));
  }

  private synchronized Running open(Listener listener, boolean keepTrying) {
    if (running != null || closed != null) {
      throw new IllegalStateException(address + ": started before (expected: once)");
    }
    ScheduledThreadPoolExecutor thread =
        new ScheduledThreadPoolExecutor(
            1, new NamedThreads(name, "supervisor"), new ThreadPoolExecutor.DiscardPolicy());
    thread.setRemoveOnCancelPolicy(true);
    RedisSession session =
        new RedisSession(
            address,
            new RedisConnections(address, name),
            thread,
            listener,
            keepTrying,
            pingInterval);
    running = new Running(session, new RedisPublishing(session), new RedisSubscriptions(session));
    return running;
  }

  @Override
  public CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
    Running now = open();
    return now == null ? notOpen() : now.publishing().publish(channel, frame);
  }

  @Override
  public CompletionStage<Void> subscribe(String channel) {
    Running now = open();
    return now == null ? notOpen() : now.subscriptions().subscribe(channel);
  }

  @Override
  public CompletionStage<Void> unsubscribe(String channel) {
    Running now = open();
    return now == null ? notOpen() : now.subscriptions().unsubscribe(channel);
  }

  @Override
  public void pause() {
    pause(true);
  }

  @Override
  public void resume() {
    pause(false);
  }

  private void pause(boolean pause) {
    Running now = open();
    if (now != null) {
      now.subscriptions().pause(pause);
    }
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.COUNTS_RECEIVERS);
  }

  @Override
  public void close(Duration timeout) {
    try {
      release().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("{}: not closed within {} ms", address, timeout.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized @Nullable Running open() {
    return closed == null ? running : null;
  }

  private <T> CompletionStage<T> notOpen() {
    return CompletableFuture.failedStage(
        new IllegalStateException(address + ": not open (expected: started and not closed)"));
  }

  private synchronized CompletableFuture<Void> release() {
    if (closed == null) {
      closed = running == null ? CompletableFuture.completedFuture(null) : release(running);
    }
    return closed;
  }

  /** Both directions first, so that nothing connects any more; then sockets and threads. */
  private static CompletableFuture<Void> release(Running last) {
    RedisSession session = last.session();
    return CompletableFuture.runAsync(
            () -> {
              last.publishing().close();
              last.subscriptions().close();
            },
            session.thread())
        .thenCompose(done -> session.connections().close())
        .thenRun(session.thread()::shutdownNow);
  }

  @Override
  public String toString() {
    return address.toString();
  }
}
