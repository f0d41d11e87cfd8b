package io.starling.manager.redis;

import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import io.starling.manager.pubsub.PubSubSettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Remembers what a back end says. */
final class RecordingListener implements Listener {
  private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
  private final List<String> states = new CopyOnWriteArrayList<>();
  private final List<String> reasons = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable Error> thrownOnce = new AtomicReference<>();

  /** Starts a back end in both directions, heard by this listener. */
  CompletionStage<Void> start(PubSubBackend backend, boolean keepTrying) {
    return backend.start(
        EnumSet.allOf(Direction.class), PubSubSettings.DEFAULTS.withKeepTrying(keepTrying), this);
  }

  /** Each as {@code channel text}, in order of arrival. */
  BlockingQueue<String> frames() {
    return frames;
  }

  /** Each as {@code LOST direction} or {@code RESTORED direction}. */
  List<String> states() {
    return states;
  }

  /** Why directions were lost and attempts failed, each as {@code direction reason}. */
  List<String> reasons() {
    return reasons;
  }

  /** The next frame is met with this error. */
  void throwOnce(Error error) {
    thrownOnce.set(error);
  }

  @Override
  public void frame(String channel, ByteBuffer frame) {
    frames.add(channel + " " + StandardCharsets.UTF_8.decode(frame));
    Error thrown = thrownOnce.getAndSet(null);
    if (thrown != null) {
      throw thrown;
    }
  }

  @Override
  public void connectionLost(Direction direction, @Nullable Throwable cause) {
    reasons.add(direction + " " + (cause == null ? "none" : cause.getMessage()));
    states.add("LOST " + direction);
  }

  @Override
  public void attemptFailed(Direction direction, Throwable cause) {
    reasons.add(direction + " " + cause.getMessage());
  }

  @Override
  public void connectionRestored(Direction direction) {
    states.add("RESTORED " + direction);
  }
}
