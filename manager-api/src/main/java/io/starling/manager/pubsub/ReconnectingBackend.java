package io.starling.manager.pubsub;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A back end that has one {@link Reconnecting} connection for each direction. It starts the wanted
 * directions, releases everything when one of them cannot be started, and closes both directions at
 * the same time. A broker module supplies the {@link Parts}.
 */
public final class ReconnectingBackend implements PubSubBackend {
  private static final Logger LOG = LoggerFactory.getLogger(ReconnectingBackend.class);

  /**
   * A connection may say goodbye to the broker for this time while it closes. After that it is cut.
   */
  private static final long POLITE_MILLIS = 1_000;

  private final String text;
  private final Set<Capability> capabilities;
  private final Opening opening;

  /** The parts after the start; null before it and after the close. */
  private volatile @Nullable Parts running;

  /** The result of the close; null before it. Guarded by this. */
  private @Nullable CompletableFuture<Void> closed;

  /** Makes the parts of a back end when it is started. It must not connect. */
  @FunctionalInterface
  public interface Opening {
    /**
     * Makes the parts.
     *
     * @param listener must be passed every frame that arrives; its exceptions are caught and logged
     */
    Parts open(PubSubSettings settings, Listener listener);
  }

  /**
   * The two directions of a started back end.
   *
   * @param publishing sends frames
   * @param subscribing receives frames
   * @param end releases the resources that both directions share; called after both are closed
   */
  public record Parts(
      Publishing publishing, Subscribing subscribing, Supplier<CompletionStage<Void>> end) {
    /** Makes parts that share no resources. */
    public Parts(Publishing publishing, Subscribing subscribing) {
      this(publishing, subscribing, () -> CompletableFuture.completedStage(null));
    }
  }

  /** One direction of a back end. */
  public interface Way {
    /** The connection of this direction. */
    Reconnecting<?> link();

    /**
     * Closes this direction. The stage completes when no connection or thread of it is left. Called
     * once; must not block.
     */
    default CompletionStage<Void> close() {
      return link().close();
    }
  }

  /** The direction that sends frames. The contract is in {@link PubSubBackend}. */
  public interface Publishing extends Way {
    /**
     * Sends a frame as {@link PubSubBackend#publish(String, ByteBuffer, BooleanSupplier)} says. The
     * implementation must choose its connection first and then ask {@code inOrder}.
     */
    CompletionStage<Integer> publish(String channel, ByteBuffer frame, BooleanSupplier inOrder);
  }

  /** The direction that receives frames. The contract is in {@link PubSubBackend}. */
  public interface Subscribing extends Way {
    CompletionStage<Void> subscribe(String channel);

    CompletionStage<Void> unsubscribe(String channel);

    /**
     * Pauses or resumes the delivery of frames.
     *
     * @param pause true for {@link PubSubBackend#pause()}, false for {@link PubSubBackend#resume()}
     */
    void pause(boolean pause);
  }

  /**
   * Makes a back end that is not started.
   *
   * @param text the address without credentials, for error messages and the log
   * @param opening makes the parts when the back end is started
   */
  public ReconnectingBackend(String text, Set<Capability> capabilities, Opening opening) {
    this.text = text;
    this.capabilities = Set.copyOf(capabilities);
    this.opening = opening;
  }

  @Override
  public CompletionStage<Void> start(
      Set<Direction> directions, PubSubSettings settings, Listener listener) {
    Parts parts = open(settings, new GuardedListener(listener));
    boolean keepTrying = settings.keepTrying();
    CompletionStage<Void> up = CompletableFuture.completedStage(null);
    if (directions.contains(Direction.PUBLISH)) {
      up = parts.publishing().link().start(listener, keepTrying);
    }
    if (directions.contains(Direction.SUBSCRIBE)) {
      up =
          up.thenCombine(
              parts.subscribing().link().start(listener, keepTrying),
              (published, subscribed) -> null);
    }
    return up.handle(
            (done, error) ->
                error == null ? CompletableFuture.<Void>completedStage(null) : failed(error))
        .thenCompose(stage -> stage);
  }

  private CompletionStage<Void> failed(Throwable error) {
    Throwable why =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return release().thenCompose(freed -> CompletableFuture.failedStage(why));
  }

  private synchronized Parts open(PubSubSettings settings, Listener listener) {
    if (running != null || closed != null) {
      throw new IllegalStateException(text + ": started before (expected: once)");
    }
    Parts parts = opening.open(settings, listener);
    running = parts;
    return parts;
  }

  @Override
  public CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
    return publish(channel, frame, () -> true);
  }

  @Override
  public CompletionStage<Integer> publish(
      String channel, ByteBuffer frame, BooleanSupplier inOrder) {
    Parts now = running;
    return now == null ? notOpen() : now.publishing().publish(channel, frame, inOrder);
  }

  @Override
  public CompletionStage<Void> subscribe(String channel) {
    Parts now = running;
    return now == null ? notOpen() : now.subscribing().subscribe(channel);
  }

  @Override
  public CompletionStage<Void> unsubscribe(String channel) {
    Parts now = running;
    return now == null ? notOpen() : now.subscribing().unsubscribe(channel);
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
    Parts now = running;
    if (now != null) {
      now.subscribing().pause(pause);
    }
  }

  @Override
  public void reconnect(Direction direction, Throwable cause) {
    Parts now = running;
    if (now != null) {
      Way way = direction == Direction.PUBLISH ? now.publishing() : now.subscribing();
      way.link().reconnect(cause);
    }
  }

  @Override
  public Set<Capability> capabilities() {
    return capabilities;
  }

  @Override
  public void close(Duration timeout) {
    Parts last = running;
    CompletableFuture<Void> released = release();
    long start = System.nanoTime();
    try {
      if (!isDone(released, Math.min(POLITE_MILLIS, timeout.toMillis() / 2))) {
        cut(last);
        long spent = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        if (!isDone(released, timeout.toMillis() - spent)) {
          LOG.warn("{}: not closed within {} ms", text, timeout.toMillis());
        }
      }
    } catch (InterruptedException e) {
      cut(last);
      Thread.currentThread().interrupt();
    }
  }

  private static void cut(@Nullable Parts last) {
    if (last != null) {
      last.publishing().link().cut();
      last.subscribing().link().cut();
    }
  }

  private static boolean isDone(CompletableFuture<Void> stage, long withinMillis)
      throws InterruptedException {
    try {
      stage.get(Math.max(0, withinMillis), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      LOG.debug("Closing failed", e);
      return true;
    }
  }

  private synchronized CompletableFuture<Void> release() {
    if (closed == null) {
      Parts last = running;
      running = null;
      closed =
          last == null
              ? CompletableFuture.completedFuture(null)
              : last.publishing()
                  .close()
                  .thenCombine(last.subscribing().close(), (one, other) -> last.end())
                  .thenCompose(Supplier::get)
                  .toCompletableFuture();
    }
    return closed;
  }

  @Override
  public String toString() {
    return text;
  }
}
