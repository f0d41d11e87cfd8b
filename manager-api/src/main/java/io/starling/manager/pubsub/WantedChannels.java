package io.starling.manager.pubsub;

import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.Broker.Subscribing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which channels the manager wants to hear, and subscribes to them on each new
 * connection. Only the thread of the link uses the fields, unless they say otherwise.
 *
 * @param <C> the type of a connection
 */
final class WantedChannels<C extends Subscribing> {
  private final Reconnecting<C> link;

  /** The wanted channels. The stage of a channel completes when its subscription is in force. */
  private final Map<String, CompletableFuture<Void>> wanted = new LinkedHashMap<>();

  /** The newest prepared connection, which may be lost by now; null before the first one. */
  private @Nullable C newest;

  private boolean closed;

  /**
   * The newest connection on which all wanted channels are in force; null before the first one. A
   * pause must wait for that, because the answers of the broker come through the connection, too.
   * Guarded by this.
   */
  private @Nullable C subscribed;

  /** Guarded by this. */
  private boolean paused;

  WantedChannels(Reconnecting<C> link) {
    this.link = link;
    link.restoring(this::restore);
  }

  Reconnecting<C> link() {
    return link;
  }

  /** See {@link PubSubBackend#subscribe}. Any thread. */
  CompletionStage<Void> subscribe(String channel) {
    return onLink(() -> want(channel));
  }

  /** See {@link PubSubBackend#unsubscribe}. Any thread. */
  CompletionStage<Void> unsubscribe(String channel) {
    return onLink(() -> forget(channel));
  }

  private CompletionStage<Void> onLink(Supplier<CompletionStage<Void>> task) {
    return CompletableFuture.supplyAsync(task, link).thenCompose(stage -> stage);
  }

  private CompletionStage<Void> want(String channel) {
    if (closed) {
      return CompletableFuture.failedStage(link.address().closed());
    }
    CompletableFuture<Void> stage =
        wanted.merge(
            channel,
            new CompletableFuture<>(),
            (before, fresh) -> before.isDone() ? fresh : before);
    C on = newest;
    if (on != null) {
      boolean current = link.isCurrent(on);
      Reconnecting.ask(() -> on.subscribe(channel))
          .whenCompleteAsync((done, error) -> answered(on, current, stage, error), link);
    }
    return stage;
  }

  /**
   * @param current whether the connection was not lost yet when it was asked. A lost one may repeat
   *     the reason of an earlier refusal, which says nothing about this channel
   */
  private void answered(
      C on, boolean current, CompletableFuture<Void> stage, @Nullable Throwable error) {
    if (error == null) {
      stage.complete(null);
    } else if (current && on.isRefusal(Reconnecting.root(error))) {
      wanted.values().removeIf(each -> each == stage);
      stage.completeExceptionally(link.address().unavailable(Outcome.NOT_SENT, error));
    } else {
      // The next connection subscribes to all wanted channels and completes the stage.
      link.lost(on, Reconnecting.root(error));
    }
  }

  private CompletionStage<Void> forget(String channel) {
    CompletableFuture<Void> before = wanted.remove(channel);
    if (before != null) {
      before.completeExceptionally(link.address().closed());
    }
    C on = newest;
    if (on == null) {
      return CompletableFuture.completedStage(null);
    }
    return Reconnecting.ask(() -> on.unsubscribe(channel))
        .handle(
            (done, error) -> {
              if (error != null) {
                // The subscription ends with the connection, and the next one has it no more.
                link.lost(on, Reconnecting.root(error));
              }
              return null;
            });
  }

  /** Pauses or resumes the delivery of frames. Any thread. */
  synchronized void pause(boolean pause) {
    paused = pause;
    if (subscribed != null) {
      subscribed.pause(pause);
    }
  }

  /** Subscribes to all wanted channels on a new connection. */
  private CompletionStage<Void> restore(C made) {
    newest = made;
    Map<String, CompletableFuture<Void>> now = new LinkedHashMap<>(wanted);
    List<CompletableFuture<?>> asked = new ArrayList<>();
    for (String channel : now.keySet()) {
      CompletableFuture<?> stage =
          Reconnecting.ask(() -> made.subscribe(channel)).toCompletableFuture();
      asked.add(stage);
      if (stage.isCompletedExceptionally()) {
        break; // The connection is lost. Asking for the others could block for each of them.
      }
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenRun(
            () -> {
              now.values().forEach(stage -> stage.complete(null));
              putInForce(made);
            });
  }

  private synchronized void putInForce(C made) {
    subscribed = made;
    made.pause(paused);
  }

  /** Fails every subscription that is not in force, and closes the link. */
  CompletionStage<Void> close() {
    synchronized (this) {
      subscribed = null;
    }
    link.execute(
        () -> {
          closed = true;
          wanted.values().forEach(stage -> stage.completeExceptionally(link.address().closed()));
          wanted.clear();
        });
    return link.close();
  }
}
