package io.starling.manager.pubsub;

import io.starling.manager.pubsub.Broker.Connection;
import io.starling.manager.pubsub.Broker.Opening;
import io.starling.manager.pubsub.Broker.Publishing;
import io.starling.manager.pubsub.Broker.Subscribing;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A back end that has one {@link Reconnecting} connection for each direction. It starts the wanted
 * directions, releases everything when one of them cannot be started, and closes both directions at
 * the same time. A broker module supplies the {@link Broker}.
 */
public final class ReconnectingBackend implements PubSubBackend {
  private static final Logger LOG = LoggerFactory.getLogger(ReconnectingBackend.class);

  /**
   * A connection may say goodbye to the broker for this time while it closes. After that it is cut.
   */
  private static final long POLITE_MILLIS = 1_000;

  private final String text;
  private final String threads;
  private final Set<Capability> capabilities;
  private final BiFunction<PubSubSettings, Listener, Broker> opening;

  /** The two directions after the start; null before it and after the close. */
  private volatile @Nullable Running running;

  /** The result of the close; null before it. Guarded by this. */
  private @Nullable CompletableFuture<Void> closed;

  private record Running(
      Broker broker,
      Reconnecting<? extends Publishing> publisher,
      WantedChannels<? extends Subscribing> subscriber) {
    void cut() {
      publisher.cut();
      subscriber.link().cut();
    }

    CompletionStage<?> close() {
      broker.cancel();
      return publisher
          .close()
          .thenCombine(subscriber.close(), (one, other) -> broker.end())
          .thenCompose(ending -> ending);
    }
  }

  /**
   * Makes a back end that is not started.
   *
   * @param text the address without credentials, for error messages and the log
   * @param threads the beginning of the names of its threads, such as {@code
   *     starling-manager-redis}
   * @param opening makes the broker when the back end is started; must not connect. The broker must
   *     pass every frame that arrives to the listener, whose exceptions are caught and logged
   */
  public ReconnectingBackend(
      String text,
      String threads,
      Set<Capability> capabilities,
      BiFunction<PubSubSettings, Listener, Broker> opening) {
    this.text = text;
    this.threads = threads;
    this.capabilities = Set.copyOf(capabilities);
    this.opening = opening;
  }

  @Override
  public CompletionStage<Void> start(
      Set<Direction> directions, PubSubSettings settings, Listener listener) {
    Running made = open(settings, new GuardedListener(listener));
    CompletionStage<Void> up = CompletableFuture.completedStage(null);
    if (directions.contains(Direction.PUBLISH)) {
      up = made.publisher().start(listener, settings.keepTrying());
    }
    if (directions.contains(Direction.SUBSCRIBE)) {
      CompletionStage<Void> heard = made.subscriber().link().start(listener, settings.keepTrying());
      up = up.thenCombine(heard, (published, subscribed) -> null);
    }
    return up.exceptionallyCompose(
        error ->
            release()
                .thenCompose(freed -> CompletableFuture.failedStage(Reconnecting.root(error))));
  }

  private synchronized Running open(PubSubSettings settings, Listener listener) {
    if (running != null || closed != null) {
      throw new IllegalStateException(text + ": started before (expected: once)");
    }
    Broker broker = opening.apply(settings, listener);
    Running made =
        new Running(
            broker,
            link("publisher", Direction.PUBLISH, broker.address(), broker.publishing()),
            new WantedChannels<>(
                link("subscriber", Direction.SUBSCRIBE, broker.address(), broker.subscribing())));
    running = made;
    return made;
  }

  private <C extends Connection> Reconnecting<C> link(
      String role, Direction direction, BrokerAddress address, Opening<C> opener) {
    ManagerThread thread = ManagerThread.start(threads + "-" + role + "-0");
    return new Reconnecting<>(thread, direction, address, opener);
  }

  @Override
  public CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
    return publish(channel, frame, () -> true);
  }

  @Override
  public CompletionStage<Integer> publish(
      String channel, ByteBuffer frame, BooleanSupplier inOrder) {
    Running now = running;
    if (now == null) {
      return notOpen();
    }
    // The connection is chosen first: a loss that is reported after that makes the publish fail.
    Publishing connection = now.publisher().connection();
    if (connection == null) {
      return CompletableFuture.failedStage(now.publisher().address().notConnected());
    }
    return inOrder.getAsBoolean() ? connection.publish(channel, frame) : PubSubBackend.outOfOrder();
  }

  @Override
  public CompletionStage<Void> subscribe(String channel) {
    Running now = running;
    return now == null ? notOpen() : now.subscriber().subscribe(channel);
  }

  @Override
  public CompletionStage<Void> unsubscribe(String channel) {
    Running now = running;
    return now == null ? notOpen() : now.subscriber().unsubscribe(channel);
  }

  private <T> CompletionStage<T> notOpen() {
    return CompletableFuture.failedStage(
        new IllegalStateException(text + ": not open (expected: started and not closed)"));
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
    Running now = running;
    if (now != null) {
      now.subscriber().pause(pause);
    }
  }

  @Override
  public void reconnect(Direction direction, Throwable cause) {
    Running now = running;
    if (now != null) {
      (direction == Direction.PUBLISH ? now.publisher() : now.subscriber().link()).reconnect(cause);
    }
  }

  @Override
  public Set<Capability> capabilities() {
    return capabilities;
  }

  @Override
  public void close(Duration timeout) {
    Running last = running;
    CompletableFuture<Void> released = release();
    long start = System.nanoTime();
    if (!isDone(released, Math.min(POLITE_MILLIS, timeout.toMillis() / 2))) {
      if (last != null) {
        last.cut();
      }
      long spent = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      if (!isDone(released, timeout.toMillis() - spent)) {
        LOG.warn("{}: not closed within {} ms", text, timeout.toMillis());
      }
    }
  }

  /** Waits for a stage. An interrupt does not end the wait; the thread stays interrupted. */
  private static boolean isDone(CompletableFuture<Void> stage, long withinMillis) {
    return stage
        .handle(
            (done, error) -> {
              if (error != null) {
                LOG.debug("Closing failed", error);
              }
              return true;
            })
        .completeOnTimeout(false, Math.max(0, withinMillis), TimeUnit.MILLISECONDS)
        .join();
  }

  private synchronized CompletableFuture<Void> release() {
    if (closed == null) {
      Running last = running;
      running = null;
      closed =
          last == null
              ? CompletableFuture.completedFuture(null)
              : last.close().<Void>thenApply(ended -> null).toCompletableFuture();
    }
    return closed;
  }

  @Override
  public String toString() {
    return text;
  }
}
