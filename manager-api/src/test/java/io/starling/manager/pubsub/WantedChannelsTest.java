package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.pubsub.Broker.Opening;
import io.starling.manager.pubsub.Broker.Subscribing;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WantedChannelsTest {
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(2);

  private final FakeManagerThread thread = new FakeManagerThread();
  private final FakeConnections connections = new FakeConnections();
  private final Reconnecting<FakeConnection> link =
      new Reconnecting<>(
          thread,
          Direction.SUBSCRIBE,
          new BrokerAddress("fake://h", "a broker that answers"),
          connections);
  private final WantedChannels<FakeConnection> channels = new WantedChannels<>(link);

  private FakeConnection start() {
    link.start(new Deaf(), true);
    thread.run();
    return connections.newest();
  }

  private CompletableFuture<Void> subscribe(String channel) {
    CompletableFuture<Void> stage = channels.subscribe(channel).toCompletableFuture();
    thread.run();
    return stage;
  }

  private void subscribed(String channel) {
    assertThat(subscribe(channel)).isCompleted();
  }

  private FakeConnection nextAfterLossOf(FakeConnection lost) {
    link.lost(lost, new IOException("reset"));
    thread.advance(MAX_BACKOFF);
    return connections.newest();
  }

  @Test
  void subscriptionIsInForceWhenTheBrokerSaysSo() {
    FakeConnection connection = start();
    connections.answer = new CompletableFuture<>();
    CompletableFuture<Void> stage = subscribe("a");
    assertThat(stage).isNotDone();

    connections.answer.complete(null);
    thread.run();

    assertThat(stage).isCompleted();
    assertThat(connection.asked).containsExactly("+a");
  }

  @Test
  void secondSubscriptionAsksTheBrokerOnceMoreAndEndsTheFirst() {
    FakeConnection connection = start();
    connections.answer = new CompletableFuture<>();
    CompletableFuture<Void> first = subscribe("a");
    CompletableFuture<Void> second = subscribe("a");

    connections.answer.complete(null);
    thread.run();

    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(connection.asked).containsExactly("+a", "+a");
  }

  @Test
  void nextConnectionIsUpWhenItHasAllWantedChannels() {
    FakeConnection first = start();
    subscribed("a");
    subscribed("b");
    channels.unsubscribe("a");
    thread.run();
    connections.answer = new CompletableFuture<>();
    FakeConnection second = nextAfterLossOf(first);
    assertThat(second.asked).containsExactly("+b");
    assertThat(link.connection()).isNull();

    connections.answer.complete(null);
    thread.run();

    assertThat(link.connection()).isSameAs(second);
  }

  @Test
  void subscriptionDuringAnOutageIsInForceAfterIt() {
    FakeConnection first = start();
    connections.answer = CompletableFuture.failedFuture(new IOException("closed"));
    link.lost(first, new IOException("reset"));
    CompletableFuture<Void> stage = subscribe("late");
    assertThat(stage).isNotDone();

    connections.answer = CompletableFuture.completedFuture(null);
    thread.advance(MAX_BACKOFF);

    assertThat(stage).isCompleted();
    assertThat(connections.newest().asked).containsExactly("+late");
  }

  @Test
  void refusedSubscriptionFailsAndIsNotTriedAgain() {
    FakeConnection first = start();
    connections.answer = CompletableFuture.failedFuture(new SecurityException("no right"));
    CompletableFuture<Void> stage = subscribe("a");
    assertThatThrownBy(stage::join)
        .hasMessageContaining("fake://h: no right (expected: a broker that answers)");
    assertThat(link.connection()).isSameAs(first);

    connections.answer = CompletableFuture.completedFuture(null);

    assertThat(nextAfterLossOf(first).asked).isEmpty();
  }

  @Test
  void refusalThatALostConnectionRepeatsIsNotBelieved() {
    FakeConnection first = start();
    connections.answer =
        CompletableFuture.failedFuture(new SecurityException("closed for no right"));
    link.lost(first, new IOException("reset"));
    CompletableFuture<Void> stage = subscribe("a");
    assertThat(stage).isNotDone();

    connections.answer = CompletableFuture.completedFuture(null);
    thread.advance(MAX_BACKOFF);

    assertThat(stage).isCompleted();
  }

  @Test
  void afterTheFirstFailureTheNextConnectionIsAskedForNothingMore() {
    FakeConnection first = start();
    subscribed("a");
    subscribed("b");
    connections.answer = CompletableFuture.failedFuture(new IOException("no answer in time"));

    assertThat(nextAfterLossOf(first).asked).containsExactly("+a");
  }

  @Test
  void subscriptionThatFailsForAnotherReasonReplacesTheConnection() {
    FakeConnection first = start();
    connections.answer = CompletableFuture.failedFuture(new IOException("no answer in time"));
    CompletableFuture<Void> stage = subscribe("a");
    connections.answer = CompletableFuture.completedFuture(null);
    thread.advance(MAX_BACKOFF);

    assertThat(stage).isCompleted();
    assertThat(first.closed).isTrue();
    assertThat(connections.newest()).isNotSameAs(first);
  }

  @Test
  void subscriptionThatCannotBeEndedReplacesTheConnection() {
    FakeConnection first = start();
    subscribed("a");
    connections.answer = CompletableFuture.failedFuture(new IOException("no answer in time"));
    CompletableFuture<Void> ended = channels.unsubscribe("a").toCompletableFuture();
    thread.run();
    connections.answer = CompletableFuture.completedFuture(null);
    thread.advance(MAX_BACKOFF);

    assertThat(ended).isCompleted();
    assertThat(first.closed).isTrue();
    assertThat(connections.newest().asked).isEmpty();
  }

  @Test
  void pauseWaitsUntilTheSubscriptionsAreInForceAndHoldsOnTheNextConnection() {
    channels.pause(true);
    connections.answer = new CompletableFuture<>();
    channels.subscribe("a");
    FakeConnection first = start();
    assertThat(first.pauses).isEmpty();
    connections.answer.complete(null);
    thread.run();
    assertThat(first.pauses).containsExactly(true);

    FakeConnection second = nextAfterLossOf(first);
    channels.pause(false);

    assertThat(second.pauses).containsExactly(true, false);
  }

  @Test
  void closingFailsSubscriptionsThatAreNotInForce() {
    CompletableFuture<Void> stage = subscribe("a");
    CompletionStage<Void> closed = channels.close();
    thread.run();

    assertThatThrownBy(stage::join).hasMessageContaining("closed");
    assertThat(closed.toCompletableFuture()).isCompleted();
  }

  @Test
  void callsAtTheMomentOfTheCloseEndToo() {
    start();
    subscribed("a");
    channels.close();
    CompletableFuture<Void> meanwhile = subscribe("b");
    thread.run();

    assertThatThrownBy(meanwhile::join).hasMessageContaining("closed");
    assertThatThrownBy(subscribe("c")::join).hasMessageContaining("closed");
    assertThat(channels.unsubscribe("a").toCompletableFuture()).isCompleted();
  }

  /** A connection that remembers what it was asked for. */
  private static final class FakeConnection implements Subscribing {
    private final FakeConnections connections;
    private final List<String> asked = new ArrayList<>();
    private final List<Boolean> pauses = new ArrayList<>();
    private boolean closed;

    FakeConnection(FakeConnections connections) {
      this.connections = connections;
    }

    @Override
    public CompletionStage<?> subscribe(String channel) {
      asked.add("+" + channel);
      return connections.answer;
    }

    @Override
    public CompletionStage<?> unsubscribe(String channel) {
      asked.add("-" + channel);
      return connections.answer;
    }

    @Override
    public boolean isRefusal(Throwable error) {
      return error instanceof SecurityException;
    }

    @Override
    public void pause(boolean pause) {
      pauses.add(pause);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  /** Opens a connection whenever it is asked for one. */
  private static final class FakeConnections implements Opening<FakeConnection> {
    private final List<FakeConnection> opened = new ArrayList<>();

    /** The broker's answer to each question. */
    private CompletableFuture<Void> answer = CompletableFuture.completedFuture(null);

    FakeConnection newest() {
      return opened.get(opened.size() - 1);
    }

    @Override
    public CompletionStage<FakeConnection> open(Reconnecting<FakeConnection> link) {
      opened.add(new FakeConnection(this));
      return CompletableFuture.completedStage(newest());
    }
  }

  /** Does not care what happens. */
  private static final class Deaf implements Listener {
    @Override
    public void frame(String channel, ByteBuffer frame) {}

    @Override
    public void connectionLost(Direction direction, @Nullable Throwable cause) {}

    @Override
    public void connectionRestored(Direction direction) {}
  }
}
