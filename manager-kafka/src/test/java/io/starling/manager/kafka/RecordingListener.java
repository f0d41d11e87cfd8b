package io.starling.manager.kafka;

import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Remembers what a back end says, one line for each call. */
final class RecordingListener implements Listener {
  private final List<String> told = new CopyOnWriteArrayList<>();
  private volatile @Nullable Error thrown;

  /** {@code frame channel text}, {@code lost reason}, {@code failed reason}, {@code restored}. */
  List<String> told() {
    return told;
  }

  /** Every frame is met with this error. */
  void throwOnFrames(Error error) {
    thrown = error;
  }

  @Override
  public void frame(String channel, ByteBuffer frame) {
    told.add("frame " + channel + " " + StandardCharsets.UTF_8.decode(frame));
    Error error = thrown;
    if (error != null) {
      throw error;
    }
  }

  @Override
  public void connectionLost(Direction direction, @Nullable Throwable cause) {
    told.add("lost " + (cause == null ? "" : cause.getMessage()));
  }

  @Override
  public void attemptFailed(Direction direction, Throwable cause) {
    told.add("failed " + cause.getMessage());
  }

  @Override
  public void connectionRestored(Direction direction) {
    told.add("restored");
  }
}
