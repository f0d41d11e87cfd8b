package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.Broker.Connection;
import io.starling.manager.pubsub.Broker.Opening;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReconnectingTest {
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(2);

  private final FakeManagerThread thread = new FakeManagerThread();
  private final FakeDriver driver = new FakeDriver();
  private final RecordingListener listener = new RecordingListener();
  private final Reconnecting<Wire> link =
      new Reconnecting<>(
          thread,
          Direction.PUBLISH,
          new BrokerAddress("fake://h", "a broker that answers"),
          driver);

  private CompletionStage<Void> start() {
    CompletionStage<Void> started = link.start(listener, false);
    thread.run();
    return started;
  }

  private CompletionStage<Void> startPatiently() {
    CompletionStage<Void> started = link.start(listener, true);
    thread.run();
    return started;
  }

  private Wire up() {
    start();
    Wire wire = driver.opens();
    thread.run();
    return wire;
  }

  @Test
  void startCompletesWhenTheFirstConnectionIsPrepared() {
    driver.preparation = new CompletableFuture<>();
    CompletableFuture<Void> started = start().toCompletableFuture();
    Wire wire = driver.opens();
    thread.run();
    assertThat(started).isNotDone();
    assertThat(link.connection()).isNull();
    assertThat(link.isCurrent(wire)).isTrue();

    driver.preparation.complete(null);
    thread.run();

    assertThat(started).isCompleted();
    assertThat(link.connection()).isSameAs(wire);
    assertThat(listener.told).isEmpty();
  }

  @Test
  void firstFailureFailsTheStartAndIsNotTriedAgain() {
    CompletableFuture<Void> started = start().toCompletableFuture();
    driver.refuses(new IOException("no"));
    thread.advance(Duration.ofMinutes(1));

    assertThatThrownBy(started::join)
        .cause()
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessage("fake://h: no (expected: a broker that answers)")
        .extracting(e -> ((BackendUnavailableException) e).outcome())
        .isEqualTo(Outcome.NOT_SENT);
    assertThat(driver.attempts).isEqualTo(1);
    assertThat(listener.told).isEmpty();
  }

  @Test
  void openThatThrowsIsAFailedAttempt() {
    driver.thrown = new NoClassDefFoundError("gone");
    CompletableFuture<Void> started = start().toCompletableFuture();

    assertThatThrownBy(started::join).hasMessageContaining("gone");
  }

  @Test
  void firstPreparationThatFailsClosesTheConnectionAndFailsTheStart() {
    driver.preparation = CompletableFuture.failedFuture(new IOException("no right"));
    CompletableFuture<Void> started = start().toCompletableFuture();
    Wire wire = driver.opens();
    thread.run();

    assertThatThrownBy(started::join).hasMessageContaining("no right");
    assertThat(wire.closed).isTrue();
  }

  @Test
  void whoKeepsTryingHearsOfEachFailedAttemptAndOfTheFirstConnection() {
    assertThat(startPatiently()).isCompleted();
    driver.refuses(new IOException("down"));
    thread.advance(MAX_BACKOFF);
    driver.refuses(new IOException("still down"));
    thread.advance(MAX_BACKOFF);
    driver.opens();
    thread.run();

    assertThat(listener.told)
        .containsExactly(
            "failed PUBLISH fake://h: down (expected: a broker that answers)",
            "failed PUBLISH fake://h: still down (expected: a broker that answers)",
            "restored PUBLISH");
  }

  @Test
  void lossIsToldOnceWithItsReasonAndTheNextConnectionIsOpened() {
    Wire first = up();
    link.lost(first, new IOException("reset"));
    link.lost(first, new IOException("and again"));
    assertThat(link.connection()).isNull();
    thread.advance(MAX_BACKOFF);
    Wire second = driver.opens();
    thread.run();

    assertThat(first.cut).hasMessage("reset");
    assertThat(first.closed).isTrue();
    assertThat(link.connection()).isSameAs(second);
    assertThat(listener.told)
        .containsExactly(
            "lost PUBLISH fake://h: reset (expected: a broker that answers)", "restored PUBLISH");
  }

  @Test
  void lossOfAnOldConnectionIsIgnored() {
    Wire first = up();
    link.lost(first, new IOException("reset"));
    thread.advance(MAX_BACKOFF);
    Wire second = driver.opens();
    thread.run();

    link.lost(first, new IOException("late"));
    thread.advance(MAX_BACKOFF);

    assertThat(link.connection()).isSameAs(second);
    assertThat(second.closed).isFalse();
  }

  @Test
  void connectionThatIsLostBeforeItIsPreparedIsAFailedAttempt() {
    driver.preparation = new CompletableFuture<>();
    startPatiently();
    Wire wire = driver.opens();
    thread.run();
    link.lost(wire, new IOException("reset"));
    thread.run();
    driver.preparation.complete(null);
    thread.run();

    assertThat(link.connection()).isNull();
    assertThat(wire.closed).isTrue();
    assertThat(listener.told)
        .containsExactly("failed PUBLISH fake://h: reset (expected: a broker that answers)");
  }

  @Test
  void connectionIsUpOnlyWhenItsSecondStepIsDone() {
    CompletableFuture<Void> step = new CompletableFuture<>();
    List<Wire> restored = new ArrayList<>();
    link.restoring(
        made -> {
          restored.add(made);
          return step;
        });
    CompletableFuture<Void> started = start().toCompletableFuture();
    Wire wire = driver.opens();
    thread.run();
    assertThat(restored).containsExactly(wire);
    assertThat(link.connection()).isNull();

    step.complete(null);
    thread.run();

    assertThat(started).isCompleted();
    assertThat(link.connection()).isSameAs(wire);
  }

  @Test
  void preparationWithoutAnEndLosesTheConnection() {
    driver.preparation = new CompletableFuture<>();
    startPatiently();
    Wire wire = driver.opens();
    thread.advance(Duration.ofMillis(4_999));
    assertThat(wire.closed).isFalse();

    thread.advance(Duration.ofMillis(1));

    assertThat(wire.closed).isTrue();
    assertThat(listener.told).singleElement().asString().contains("no answer within 5000 ms");
  }

  @Test
  void backOffGrowsToTwoSecondsAndStaysThere() {
    startPatiently();
    for (int i = 0; i < 50; i++) {
      driver.refuses(new IOException("down"));
      thread.run();
      Duration most = Duration.ofMillis(Math.min(2_000, 50L << Math.min(i, 10)));
      int before = driver.attempts;
      thread.advance(most.dividedBy(2).minusMillis(1));
      assertThat(driver.attempts).isEqualTo(before);
      thread.advance(most.dividedBy(2).plusMillis(1));
      assertThat(driver.attempts).isEqualTo(before + 1);
    }
  }

  @Test
  void backOffIsShortAgainAfterAConnectionThatHeld() {
    startPatiently();
    for (int i = 0; i < 10; i++) {
      driver.refuses(new IOException("down"));
      thread.advance(MAX_BACKOFF);
    }
    Wire wire = driver.opens();
    thread.advance(Duration.ofSeconds(6));
    link.lost(wire, new IOException("reset"));
    int before = driver.attempts;
    thread.advance(Duration.ofMillis(50));

    assertThat(driver.attempts).isEqualTo(before + 1);
  }

  @Test
  void checkWithoutAnAnswerLosesTheConnection() {
    Wire wire = up();
    driver.answer = new CompletableFuture<>();
    thread.advance(Duration.ofSeconds(5));
    assertThat(driver.checks).isEqualTo(1);
    thread.advance(Duration.ofSeconds(5));

    assertThat(wire.closed).isTrue();
    assertThat(listener.told).singleElement().asString().contains("no answer within 5000 ms");
  }

  @Test
  void checkThatFailsLosesTheConnectionAtOnce() {
    Wire wire = up();
    driver.answer = CompletableFuture.failedFuture(new IOException("NOPERM"));
    thread.advance(Duration.ofSeconds(5));

    assertThat(wire.closed).isTrue();
    assertThat(listener.told).singleElement().asString().contains("NOPERM");
  }

  @Test
  void checksGoOnWhileTheyAreAnswered() {
    Wire wire = up();
    thread.advance(Duration.ofSeconds(51));

    assertThat(driver.checks).isEqualTo(10);
    assertThat(link.connection()).isSameAs(wire);
  }

  @Test
  void whateverIsHeardMeanwhileIsAnAnswer() {
    Wire wire = up();
    driver.answer = new CompletableFuture<>();
    thread.advance(Duration.ofSeconds(6));
    link.heard();
    thread.advance(Duration.ofSeconds(5));
    assertThat(link.connection()).isSameAs(wire);

    thread.advance(Duration.ofSeconds(10));

    assertThat(wire.closed).isTrue();
  }

  @Test
  void blockedConnectionIsToldAsLostAndKept() {
    Wire wire = up();
    link.blocked(wire, new IOException("blocked: low on memory"));
    link.blocked(wire, new IOException("blocked: low on memory"));
    thread.run();
    assertThat(link.connection()).isNull();
    link.reconnect(new IOException("nothing is in use"));
    link.unblocked(wire);
    thread.run();

    assertThat(link.connection()).isSameAs(wire);
    assertThat(wire.cut).isNull();
    assertThat(listener.told)
        .containsExactly(
            "lost PUBLISH fake://h: blocked: low on memory (expected: a broker that answers)",
            "restored PUBLISH");
  }

  @Test
  void blockedConnectionThatBreaksIsToldAsLostOnlyOnce() {
    Wire wire = up();
    link.blocked(wire, new IOException("blocked"));
    thread.run();
    link.lost(wire, new IOException("reset"));
    thread.advance(MAX_BACKOFF);
    driver.opens();
    thread.run();
    link.unblocked(wire);
    thread.run();

    assertThat(listener.told)
        .containsExactly(
            "lost PUBLISH fake://h: blocked (expected: a broker that answers)", "restored PUBLISH");
  }

  @Test
  void reconnectCutsTheConnectionOnTheCallersThread() {
    Wire wire = up();

    link.reconnect(new IOException("unconfirmed for 10 s"));

    assertThat(wire.cut).hasMessage("unconfirmed for 10 s");
    thread.advance(MAX_BACKOFF);
    assertThat(driver.attempts).isEqualTo(2);
  }

  @Test
  void reconnectDoesNothingWithoutAConnection() {
    startPatiently();
    link.reconnect(new IOException("useless"));
    thread.run();

    assertThat(driver.attempts).isEqualTo(1);
    assertThat(listener.told).isEmpty();
  }

  @Test
  void closeEndsTheConnectionWithoutCuttingIt() {
    Wire wire = up();
    CompletableFuture<Void> closed = link.close().toCompletableFuture();
    assertThat(closed).isNotDone();
    thread.run();

    assertThat(closed).isCompleted();
    assertThat(wire.closed).isTrue();
    assertThat(wire.cut).isNull();
    assertThat(listener.told).isEmpty();
  }

  @Test
  void connectionThatOpensAfterTheCloseIsClosedAtOnce() {
    CompletableFuture<Void> started = start().toCompletableFuture();
    CompletableFuture<Void> closed = link.close().toCompletableFuture();
    thread.run();
    assertThat(started).isCompletedExceptionally();
    assertThat(closed).as("the connection may still come").isNotDone();
    Wire wire = driver.opens();
    thread.run();

    assertThat(wire.closed).isTrue();
    assertThat(closed).isCompleted();
    assertThat(link.connection()).isNull();
  }

  @Test
  void attemptThatFailsAfterTheCloseIsTheLastOne() {
    startPatiently();
    CompletableFuture<Void> closed = link.close().toCompletableFuture();
    thread.run();
    driver.refuses(new IOException("down"));
    thread.advance(Duration.ofMinutes(1));

    assertThat(closed).isCompleted();
    assertThat(driver.attempts).isEqualTo(1);
    assertThat(listener.told).isEmpty();
  }

  @Test
  void closeWhileAConnectionIsPreparedClosesThatConnection() {
    driver.preparation = new CompletableFuture<>();
    CompletableFuture<Void> started = start().toCompletableFuture();
    Wire wire = driver.opens();
    thread.run();
    CompletableFuture<Void> closed = link.close().toCompletableFuture();
    thread.run();
    driver.preparation.complete(null);
    thread.run();

    assertThat(wire.closed).isTrue();
    assertThat(closed).isCompleted();
    assertThat(started).isCompletedExceptionally();
  }

  @Test
  void closeDuringABackOffOpensNothingMore() {
    Wire wire = up();
    link.lost(wire, new IOException("reset"));
    thread.run();
    link.close();
    thread.advance(Duration.ofMinutes(1));

    assertThat(driver.attempts).isEqualTo(1);
  }

  @Test
  void cutReachesAConnectionWhoseEndIsStillQueued() {
    Wire wire = up();
    link.close();
    link.cut();

    assertThat(wire.cut).hasMessageContaining("closed");
  }

  @Test
  void listenerThatThrowsEndsNothing() {
    listener.thrown = new AssertionError("a bug of the user's");
    Wire wire = up();
    link.lost(wire, new IOException("reset"));
    thread.advance(MAX_BACKOFF);
    Wire next = driver.opens();
    thread.run();

    assertThat(link.connection()).isSameAs(next);
    assertThat(listener.told).hasSize(2);
  }

  @Test
  void tasksBeforeTheCloseRunThoughAnOpeningFailsAtTheSameMoment() {
    CompletableFuture<Void> started = start().toCompletableFuture();
    driver.refuses(new IOException("cancelled"));
    List<String> ran = new ArrayList<>();
    link.execute(() -> ran.add("before the close"));
    CompletableFuture<Void> closed = link.close().toCompletableFuture();
    thread.run();

    assertThat(ran).containsExactly("before the close");
    assertThat(started).isCompletedExceptionally();
    assertThat(closed).isCompleted();
  }

  @Test
  void taskAfterTheEndRunsOnTheCallersThreadSinceSomebodyMayWaitForIt() {
    up();
    link.close();
    thread.run();
    List<String> ran = new ArrayList<>();

    link.execute(() -> ran.add("after the end"));

    assertThat(ran).containsExactly("after the end");
  }

  @Test
  void taskBetweenTheCloseAndTheEndRunsBeforeTheEnd() {
    CompletableFuture<Void> started = start().toCompletableFuture();
    List<String> order = new ArrayList<>();
    link.close().thenRun(() -> order.add("closed"));
    thread.run();
    assertThat(started).as("the connection may still come").isCompletedExceptionally();

    driver.refuses(new IOException("down"));
    link.execute(() -> order.add("before the end"));
    thread.run();

    assertThat(order).containsExactly("before the end", "closed");
  }

  @Test
  void driverThatThrowsWhileClosingEndsNothing() {
    Wire wire = up();
    driver.failsToClose = true;
    link.lost(wire, new IOException("reset"));
    thread.advance(MAX_BACKOFF);

    assertThat(driver.attempts).isEqualTo(2);
  }

  /** A connection that does what its driver says. */
  private static final class Wire implements Connection {
    private final FakeDriver driver;
    private @Nullable Throwable cut;
    private boolean closed;

    Wire(FakeDriver driver) {
      this.driver = driver;
    }

    @Override
    public CompletionStage<?> prepare() {
      return driver.preparation;
    }

    @Override
    public CompletionStage<?> check() {
      driver.checks++;
      return driver.answer;
    }

    @Override
    public void cut(Throwable cause) {
      assertThat(closed).isFalse();
      cut = cause;
    }

    @Override
    public void close() {
      closed = true;
      if (driver.failsToClose) {
        throw new AssertionError("not closed");
      }
    }
  }

  /** Opens a connection when the test says so. */
  private static final class FakeDriver implements Opening<Wire> {
    private final Deque<CompletableFuture<Wire>> openings = new ArrayDeque<>();
    private CompletableFuture<Void> preparation = CompletableFuture.completedFuture(null);
    private CompletableFuture<Void> answer = CompletableFuture.completedFuture(null);
    private @Nullable Error thrown;
    private boolean failsToClose;
    private int attempts;
    private int checks;

    Wire opens() {
      Wire wire = new Wire(this);
      openings.remove().complete(wire);
      return wire;
    }

    void refuses(Exception why) {
      openings.remove().completeExceptionally(why);
    }

    @Override
    public CompletionStage<Wire> open(Reconnecting<Wire> link) {
      attempts++;
      if (thrown != null) {
        throw thrown;
      }
      CompletableFuture<Wire> opening = new CompletableFuture<>();
      openings.add(opening);
      return opening;
    }
  }

  /** Remembers what it was told. */
  private static final class RecordingListener implements Listener {
    private final List<String> told = new ArrayList<>();
    private @Nullable Error thrown;

    private void tell(String text) {
      told.add(text);
      if (thrown != null) {
        throw thrown;
      }
    }

    @Override
    public void frame(String channel, ByteBuffer frame) {
      throw new AssertionError("no frames here");
    }

    @Override
    public void connectionLost(Direction direction, @Nullable Throwable cause) {
      tell("lost " + direction + " " + (cause == null ? "" : cause.getMessage()));
    }

    @Override
    public void attemptFailed(Direction direction, Throwable cause) {
      tell("failed " + direction + " " + cause.getMessage());
    }

    @Override
    public void connectionRestored(Direction direction) {
      tell("restored " + direction);
    }
  }
}
