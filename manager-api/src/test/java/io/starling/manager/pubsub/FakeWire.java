package io.starling.manager.pubsub;

import static java.util.Objects.requireNonNull;

import io.starling.manager.HostId;
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
  private final ManagerThread clock;

  FakeWire(ManagerThread clock) {
    this.clock = clock;
  }

  End end() {
    End end = new End();
    ends.add(end);
    return end;
  }

  private static boolean isInbox(String channel) {
    return !channel.equals(PubSubSettings.DEFAULTS.allChannel());
  }

  /** One connection. */
  final class End implements PubSubBackend {
    private final Set<String> channels = new HashSet<>();
    private @Nullable Listener listener;
    private boolean killed;
    private int published;
    private int missing;
    private boolean ignoring;
    private Duration delay = Duration.ZERO;
    private boolean deaf;
    private int everySecond;
    private boolean paused;
    private boolean frozen;
    private boolean nowhere;
    private boolean alone;
    private boolean inboxless;
    private boolean killedEars;
    private @Nullable RuntimeException refusal;
    private CompletableFuture<Void> subscribed = CompletableFuture.completedFuture(null);
    private final List<@Nullable PubSubMessage> sent = new ArrayList<>();
    private final List<String> reconnects = new ArrayList<>();
    private final List<String> subscriptions = new ArrayList<>();
    private final List<Runnable> kept = new ArrayList<>();

    /** Nothing comes from it or to it any more, as when its process is killed. */
    void kill() {
      killed = true;
    }

    /** It is back, as a process that was paused. */
    void revive() {
      killed = false;
    }

    /** The next frames for everybody do not reach it. */
    void miss(int frames) {
      missing = frames;
    }

    /** Whether what others say to it alone is lost. */
    void ignore(boolean on) {
      ignoring = on;
    }

    /** Everything reaches it so much later. */
    void delay(Duration by) {
      delay = by;
    }

    /** Keeps what reaches it until {@link #resume()}. */
    @Override
    public void pause() {
      paused = true;
    }

    /** Hears at once, one after another, what was kept. */
    @Override
    public void resume() {
      paused = false;
      List<Runnable> all = List.copyOf(kept);
      kept.clear();
      all.forEach(Runnable::run);
    }

    private void deliver(String channel, ByteBuffer frame) {
      Listener heard = requireNonNull(listener);
      if (paused) {
        kept.add(() -> heard.frame(channel, frame));
      } else if (delay.isZero()) {
        heard.frame(channel, frame);
      } else {
        clock.schedule(delay, () -> heard.frame(channel, frame));
      }
    }

    /** What it publishes is taken and reaches nobody, as on a server that has no subscribers. */
    void publishNowhere() {
      nowhere = true;
    }

    /** What it publishes reaches itself alone, as on a server that was demoted to a replica. */
    void publishToItselfAlone() {
      alone = true;
    }

    /** What is sent to its inbox is lost until it subscribes to that again. */
    void unbindInbox() {
      channels.removeIf(FakeWire::isInbox);
    }

    /** What is sent to its inbox is lost, whatever it subscribes to. */
    void unbindInboxForGood() {
      unbindInbox();
      inboxless = true;
    }

    /** Nothing reaches it, whatever it subscribes to. */
    void deafenForGood() {
      killedEars = true;
    }

    /** The broker answers subscriptions no earlier than this stage completes. */
    void answerSubscriptions(CompletableFuture<Void> when) {
      subscribed = when;
    }

    /** Nothing reaches it until it subscribes again. */
    void deafen() {
      deaf = true;
    }

    /** The broker refuses what is published from now on; null: it takes it again. */
    void refuse(@Nullable RuntimeException reason) {
      refusal = reason;
    }

    /** The broker neither confirms nor delivers anything, as when its process is stopped. */
    void freeze() {
      frozen = true;
    }

    /** Something comes on the channel to all, from elsewhere. */
    void hear(HostId origin, PubSubMessage message) {
      String all = PubSubSettings.DEFAULTS.allChannel();
      FrameCodec.Header header =
          new FrameCodec.Header(origin, all, 1, 1, clock.currentTimeMillis());
      deliver(
          all, FrameCodec.encode(header, List.of(MessageCodec.encode(message)), FrameSeal.NONE));
    }

    /** What was published so far, to whomever. */
    List<@Nullable PubSubMessage> sent() {
      return sent;
    }

    /** What the broker was asked to connect anew, and why. */
    List<String> reconnects() {
      return reconnects;
    }

    /** Which channels were subscribed to, in turn. */
    List<String> subscriptions() {
      return subscriptions;
    }

    @Override
    public void reconnect(Direction direction, Throwable cause) {
      reconnects.add(direction + ": " + cause.getMessage());
      if (direction == Direction.PUBLISH) {
        alone = false;
      }
    }

    /** It loses both connections, and nothing reaches it until it is back. */
    void cutOff() {
      deaf = true;
      lose(Direction.PUBLISH);
      lose(Direction.SUBSCRIBE);
    }

    /** Both connections are back. */
    void comeBack() {
      deaf = false;
      restore(Direction.SUBSCRIBE);
      restore(Direction.PUBLISH);
    }

    /** Of so many frames for it alone every second one is lost. */
    void missEverySecondAlone(int frames) {
      everySecond = frames;
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
        FrameCodec.Frame decoded = FrameCodec.decode(frame, FrameSeal.NONE);
        published += decoded.header().count();
        for (ByteBuffer message : FrameCodec.split(decoded)) {
          sent.add(MessageCodec.decode(decoded.header().origin(), message));
        }
      } catch (MalformedFrameException e) {
        throw new AssertionError(e);
      }
      if (frozen) {
        return new CompletableFuture<>();
      }
      if (refusal != null) {
        return CompletableFuture.failedStage(refusal);
      }
      int receivers = 0;
      for (End end : ends) {
        if (!killed
            && !end.killed
            && !end.frozen
            && !nowhere
            && (!alone || end == this)
            && !end.killedEars
            && !end.misses(channel)
            && end.listener != null
            && end.channels.contains(channel)) {
          end.deliver(channel, frame.duplicate());
          receivers++;
        }
      }
      return CompletableFuture.completedStage(receivers);
    }

    private boolean misses(String channel) {
      boolean forAll = channel.equals(PubSubSettings.DEFAULTS.allChannel());
      if (forAll && missing > 0) {
        missing--;
        return true;
      }
      if (!forAll && everySecond > 0) {
        everySecond--;
        return everySecond % 2 == 0;
      }
      return deaf || (!forAll && ignoring);
    }

    @Override
    public CompletionStage<Void> subscribe(String channel) {
      deaf = false;
      subscriptions.add(channel);
      if (!inboxless || !isInbox(channel)) {
        channels.add(channel);
      }
      return subscribed;
    }

    @Override
    public CompletionStage<Void> unsubscribe(String channel) {
      channels.remove(channel);
      return CompletableFuture.completedStage(null);
    }

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
