package io.starling.manager.pubsub;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A broker that delivers during the publish, on the test's own thread. */
final class FakeWire {
  private final List<End> ends = new ArrayList<>();

  End end() {
    End end = new End();
    ends.add(end);
    return end;
  }

  /** One connection. */
  final class End implements PubSubBackend {
    private final Set<String> channels = new HashSet<>();
    private @Nullable Listener listener;
    private boolean killed;
    private int published;

    /** Nothing comes from it or to it any more, as when its process is killed. */
    void kill() {
      killed = true;
    }

    /** It is back, as a process that was paused. */
    void revive() {
      killed = false;
    }

    /** How many messages were published so far. */
    int published() {
      return published;
    }

    void lose(Direction direction) {
      if (listener != null) {
        listener.connectionLost(direction, null);
      }
    }

    void restore(Direction direction) {
      if (listener != null) {
        listener.connectionRestored(direction);
      }
    }

    @Override
    public CompletionStage<Void> start(
        Set<Direction> directions, PubSubSettings settings, Listener listener) {
      this.listener = listener;
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
      try {
        published += FrameCodec.decode(frame).header().count();
      } catch (MalformedFrameException e) {
        throw new AssertionError(e);
      }
      int receivers = 0;
      for (End end : ends) {
        if (!killed && !end.killed && end.listener != null && end.channels.contains(channel)) {
          end.listener.frame(channel, frame.duplicate());
          receivers++;
        }
      }
      return CompletableFuture.completedStage(receivers);
    }

    @Override
    public CompletionStage<Void> subscribe(String channel) {
      channels.add(channel);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<Void> unsubscribe(String channel) {
      channels.remove(channel);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public Set<Capability> capabilities() {
      return Set.of();
    }

    @Override
    public void close(Duration timeout) {
      killed = true;
    }
  }
}
