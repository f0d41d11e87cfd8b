package io.starling.emitter.cli;

import static java.util.Objects.requireNonNull;

import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubSettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A broker in memory that notes the events {@code ["n",…]} which it confirmed. Any thread. */
final class FakeBroker implements PubSubBackend {
  private static final Pattern EVENT = Pattern.compile("\\[\"n\"(,[^\\]]*)?\\]");

  private final List<String> confirmed = new ArrayList<>();
  private final List<CompletableFuture<Integer>> held = new ArrayList<>();
  private @Nullable Listener listener;
  private boolean away;
  private boolean holding;
  private int receivers = 1;

  /** How many servers receive what is published from now on; −1 when the broker does not tell. */
  synchronized void receivers(int count) {
    receivers = count;
  }

  /** From now on nothing is confirmed. */
  synchronized void hold() {
    holding = true;
  }

  /** Confirms what was held, and what comes. */
  void release() {
    List<CompletableFuture<Integer>> all;
    synchronized (this) {
      holding = false;
      all = List.copyOf(held);
      held.clear();
    }
    all.forEach(each -> each.complete(1));
  }

  /** The connection is lost, and what comes is refused. */
  void leave() {
    synchronized (this) {
      away = true;
    }
    requireNonNull(listener).connectionLost(Direction.PUBLISH, null);
  }

  /** The connection is there again. */
  void comeBack() {
    synchronized (this) {
      away = false;
    }
    requireNonNull(listener).connectionRestored(Direction.PUBLISH);
  }

  /** What was confirmed, each as the text between the brackets after the name. */
  synchronized List<String> confirmed() {
    return List.copyOf(confirmed);
  }

  synchronized int held() {
    return held.size();
  }

  @Override
  public synchronized CompletionStage<Void> start(
      Set<Direction> directions, PubSubSettings settings, Listener heard) {
    listener = heard;
    return CompletableFuture.completedStage(null);
  }

  @Override
  public synchronized CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
    if (away) {
      return CompletableFuture.failedStage(new IllegalStateException("away"));
    }
    List<String> events = new ArrayList<>();
    String text = StandardCharsets.UTF_8.decode(frame).toString();
    EVENT
        .matcher(text)
        .results()
        .forEach(found -> events.add(found.group(1) == null ? "" : found.group(1).substring(1)));
    if (holding) {
      CompletableFuture<Integer> answer = new CompletableFuture<>();
      held.add(answer);
      return answer.whenComplete((ok, thrown) -> note(events));
    }
    note(events);
    return CompletableFuture.completedStage(receivers);
  }

  private synchronized void note(List<String> events) {
    confirmed.addAll(events);
  }

  @Override
  public CompletionStage<Void> subscribe(String channel) {
    throw new AssertionError("an emitter subscribes to nothing");
  }

  @Override
  public CompletionStage<Void> unsubscribe(String channel) {
    throw new AssertionError("an emitter subscribes to nothing");
  }

  @Override
  public void reconnect(Direction direction, Throwable cause) {}

  @Override
  public void pause() {}

  @Override
  public void resume() {}

  @Override
  public Set<Capability> capabilities() {
    return Set.of();
  }

  @Override
  public void close(Duration timeout) {}
}
