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
 * A back end with a {@link Reconnecting} for each direction: starts the directions that are wanted,
 * gives everything back when one of them fails, and closes both at once.
 */
public final class ReconnectingBackend implements PubSubBackend {
  private static final Logger LOG = LoggerFactory.getLogger(ReconnectingBackend.class);

  /** For so long a closing connection may take its leave of the peer; then it is cut. */
  private static final long POLITE_MILLIS = 1_000;

  private final String text;
  private final Set<Capability> capabilities;
  private final Opening opening;
  private volatile @Nullable Parts running;
  private @Nullable CompletableFuture<Void> closed;

  /** Makes the parts of a back end that is started; connects nothing yet. */
  @FunctionalInterface
  public interface Opening {
    /**
     * Makes the parts.
     *
     * @param listener gets the frames; whatever it throws is caught and logged
     */
    Parts open(PubSubSettings settings, Listener listener);
  }

  /**
   * What does the work of a started back end.
   *
   * @param end releases what the two have in common, once both are closed
   */
  public record Parts(
      Publishing publishing, Subscribing subscribing, Supplier<CompletionStage<Void>> end) {
    /** Parts that have nothing in common. */
    public Parts(Publishing publishing, Subscribing subscribing) {
      this(publishing, subscribing, () -> CompletableFuture.completedStage(null));
    }
  }

  /** One of the two ways. */
  public interface Way {
    Reconnecting<?> link();

    /** Completes when nothing is left. Called once; does not block. */
    default CompletionStage<Void> close() {
      return link().close();
    }
  }

  /** The way out; see {@link PubSubBackend}. */
  public interface Publishing extends Way {
    /** Chooses its connection first, and then asks whether the frame may go there. */
    CompletionStage<Integer> publish(String channel, ByteBuffer frame, BooleanSupplier inOrder);
  }

  /** The way in; see {@link PubSubBackend}. */
  public interface Subscribing extends Way {
    CompletionStage<Void> subscribe(String channel);

    CompletionStage<Void> unsubscribe(String channel);

    /** Asks for no more frames, or for more again. */
    void pause(boolean pause);
  }

  /**
   * A back end that is not started.
   *
   * @param text what it is called in errors: its address, without credentials
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
