package io.starling.manager.pubsub;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/** Remembers what is published; the test confirms or fails each publish. */
final class RecordingBackend implements PubSubBackend {
  final List<FrameCodec.Frame> frames = new ArrayList<>();
  final List<CompletableFuture<Integer>> replies = new ArrayList<>();
  final List<String> reconnects = new ArrayList<>();

  /** Happens on another thread while a frame is about to be sent. */
  Runnable meanwhile = () -> {};

  @Override
  public CompletionStage<Void> start(
      Set<Direction> directions, PubSubSettings settings, Listener listener) {
    return CompletableFuture.completedStage(null);
  }

  /** As back ends do that connect again by themselves: it asks once the connection is chosen. */
  @Override
  public CompletionStage<Integer> publish(
      String channel, ByteBuffer frame, BooleanSupplier inOrder) {
    meanwhile.run();
    return inOrder.getAsBoolean() ? publish(channel, frame) : PubSubBackend.outOfOrder();
  }

  @Override
  public CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
    try {
      frames.add(FrameCodec.decode(frame, FrameSeal.NONE));
    } catch (MalformedFrameException e) {
      throw new AssertionError(e);
    }
    CompletableFuture<Integer> reply = new CompletableFuture<>();
    replies.add(reply);
    return reply;
  }

  @Override
  public void reconnect(Direction direction, Throwable cause) {
    reconnects.add(direction + ": " + cause.getMessage());
  }

  /** {@code first+count} of every frame on the channel of all, in the order of publishing. */
  List<String> published() {
    return frames.stream().map(f -> f.header().firstSeq() + "+" + f.header().count()).toList();
  }

  @Override
  public CompletionStage<Void> subscribe(String channel) {
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<Void> unsubscribe(String channel) {
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
  public void close(Duration timeout) {}
}
