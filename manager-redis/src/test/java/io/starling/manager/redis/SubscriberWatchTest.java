package io.starling.manager.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SubscriberWatchTest {
  private final SubscriberWatch watch = new SubscriberWatch();
  private final FakeSubscriber subscriber = new FakeSubscriber();

  @Test
  void aFrameWithoutAReceiverMakesASubscribedConnectionBeLeft() {
    watch.prepared(subscriber);
    subscriber.heard.add("all");
    watch.counted(watch.hearing("all"), "all", 0);
    assertThat(subscriber.left).hasSize(1);
  }

  @Test
  void aChannelThatIsNotSubscribedToMayHaveNoReceiver() {
    watch.prepared(subscriber);
    RedisSubscriber before = watch.hearing("all");
    subscriber.heard.add("all");
    watch.counted(before, "all", 0);
    assertThat(subscriber.left).isEmpty();
  }

  @Test
  void aSubscriptionThatEndedMeanwhileExplainsTheZero() {
    watch.prepared(subscriber);
    subscriber.heard.add("all");
    RedisSubscriber before = watch.hearing("all");
    subscriber.heard.clear();
    watch.counted(before, "all", 0);
    assertThat(subscriber.left).isEmpty();
  }

  @Test
  void countsThatAreAlwaysZeroAreBelievedFourTimesOnly() {
    watch.prepared(subscriber);
    subscriber.heard.add("all");
    assertThat(connectionsLeft(10)).isEqualTo(4);
    watch.counted(subscriber, "all", 1);
    assertThat(connectionsLeft(10)).as("after one that was right").isEqualTo(4);
  }

  /** Publishes a frame to nobody on each of so many connections, one after the other. */
  private int connectionsLeft(int connections) {
    int left = 0;
    for (int i = 0; i < connections; i++) {
      FakeSubscriber next = new FakeSubscriber();
      next.heard.add("all");
      watch.prepared(next);
      watch.counted(watch.hearing("all"), "all", 0);
      left += next.left.size();
    }
    return left;
  }

  @Test
  void aBurstInFlightIsOneSignOnly() {
    watch.prepared(subscriber);
    subscriber.heard.add("all");
    subscriber.losesLate = true;
    RedisSubscriber before = watch.hearing("all");
    for (int i = 0; i < 10; i++) {
      watch.counted(before, "all", 0);
    }
    assertThat(subscriber.left).hasSize(1);
    assertThat(connectionsLeft(10)).as("what is left of four").isEqualTo(3);
  }

  @Test
  void aBurstOnAConnectionThatWasLostForAnotherReasonIsNoSign() {
    watch.prepared(subscriber);
    subscriber.heard.add("all");
    RedisSubscriber before = watch.hearing("all");
    subscriber.current = false;
    for (int i = 0; i < 10; i++) {
      watch.counted(before, "all", 0);
    }
    assertThat(watch.hearing("all")).isNull();
    assertThat(connectionsLeft(10)).isEqualTo(4);
  }

  @Test
  void aLostConnectionIsNotCompared() {
    watch.prepared(subscriber);
    subscriber.runId = "one";
    subscriber.current = false;
    watch.compare("other");
    watch.compare("other");
    assertThat(subscriber.left).isEmpty();
  }

  @Test
  void differentServersMakeTheSubscriberBeLeftFirstAndThenThePublisher() {
    watch.prepared(subscriber);
    subscriber.runId = "one";
    watch.compare("one");
    assertThat(subscriber.left).isEmpty();
    watch.compare("other");
    assertThat(subscriber.left).hasSize(1);
    subscriber.current = true;
    assertThatIllegalStateException().isThrownBy(() -> watch.compare("other"));
    watch.compare("other");
    assertThat(subscriber.left).hasSize(2);
  }

  @Test
  void serversThatAlwaysDifferAreLeftInPeaceAtLast() {
    watch.prepared(subscriber);
    subscriber.runId = "one";
    for (int i = 0; i < 4; i++) {
      subscriber.current = true;
      try {
        watch.compare("other");
      } catch (IllegalStateException e) {
        assertThat(i % 2).isOne();
      }
    }
    subscriber.current = true;
    watch.compare("other");
    watch.compare("other");
    assertThat(subscriber.left).hasSize(2);
  }

  @Test
  void unknownServersAreNotCompared() {
    watch.compare("other");
    watch.prepared(subscriber);
    watch.compare("other");
    subscriber.runId = "one";
    watch.compare(null);
    assertThat(subscriber.left).isEmpty();
  }

  private static final class FakeSubscriber implements RedisSubscriber {
    private final Set<String> heard = new HashSet<>();
    private final List<Throwable> left = new ArrayList<>();
    private @Nullable String runId;
    private boolean current = true;

    /** Whether the connection stays current when it is left, as for a moment on another thread. */
    private boolean losesLate;

    @Override
    public boolean isCurrent() {
      return current;
    }

    @Override
    public boolean hears(String channel) {
      return heard.contains(channel);
    }

    @Override
    public @Nullable String runId() {
      return runId;
    }

    @Override
    public void leave(Throwable cause) {
      left.add(cause);
      current = losesLate;
    }

    @Override
    public RedisBroker owner() {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<?> subscribe(String channel) {
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> unsubscribe(String channel) {
      return CompletableFuture.completedStage(null);
    }

    @Override
    public void pause(boolean pause) {}
  }
}
