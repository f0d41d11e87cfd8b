package io.starling.manager.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AmqpSubscriptionsTest {
  private final BlockingQueue<FakeAmqp> brokers = new LinkedBlockingQueue<>();
  private final RecordingListener listener = new RecordingListener();
  private final PubSubBackend backend = FakeAmqp.backend(brokers);

  @AfterEach
  void close() {
    backend.close(Duration.ofSeconds(5));
  }

  private CompletionStage<Void> start() {
    return backend.start(EnumSet.of(Direction.SUBSCRIBE), PubSubSettings.DEFAULTS, listener);
  }

  private FakeAmqp next() {
    FakeAmqp broker = new FakeAmqp();
    brokers.add(broker);
    return broker;
  }

  private FakeAmqp started() throws Exception {
    FakeAmqp broker = next();
    join(start());
    return broker;
  }

  private static String bound(FakeAmqp broker, String key) {
    String queue = broker.calls("consume").get(0).substring("consume ".length());
    return "bind " + queue + " " + key;
  }

  @Test
  void aChannelThatIsWantedAlreadyIsBoundOnceMore() throws Exception {
    FakeAmqp broker = started();
    join(backend.subscribe("a"));
    join(backend.subscribe("a"));

    assertThat(broker.calls("bind")).containsExactly(bound(broker, "a"), bound(broker, "a"));
  }

  @Test
  void aChannelIsBoundAgainAfterItWasUnsubscribed() throws Exception {
    FakeAmqp broker = started();
    join(backend.subscribe("a"));
    join(backend.unsubscribe("a"));
    join(backend.subscribe("a"));

    assertThat(broker.calls())
        .containsSubsequence(bound(broker, "a"), "unbind a", bound(broker, "a"));
  }

  @Test
  void theNextConnectionHasAllBindingsBeforeItIsReported() throws Exception {
    FakeAmqp old = started();
    join(backend.subscribe("a"));
    join(backend.subscribe("b"));
    join(backend.unsubscribe("b"));
    FakeAmqp fresh = next();
    old.shutDown(FakeAmqp.closedBecause(320, "CONNECTION_FORCED - broker forced it"));
    await().until(() -> listener.told().contains("restored"));

    assertThat(fresh.calls("bind")).containsExactly(bound(fresh, "a"));
    assertThat(bound(fresh, "a")).as("a queue of its own").isNotEqualTo(bound(old, "a"));
    assertThat(listener.told().get(0)).contains("CONNECTION_FORCED - broker forced it");
  }

  @Test
  void aQueueThatWasDeletedIsMadeAgain() throws Exception {
    FakeAmqp old = started();
    join(backend.subscribe("a"));
    FakeAmqp fresh = next();
    old.cancelConsumer();
    await().until(() -> listener.told().contains("restored"));

    assertThat(fresh.calls("bind")).containsExactly(bound(fresh, "a"));
    assertThat(listener.told().get(0)).contains("the broker ended the subscription");
  }

  @Test
  void aSubscriptionDuringAnOutageIsInForceAfterIt() throws Exception {
    FakeAmqp old = started();
    old.shutDown(FakeAmqp.closedBecause(320, "CONNECTION_FORCED"));
    await().until(() -> !listener.told().isEmpty());
    CompletionStage<Void> stage = backend.subscribe("late");
    FakeAmqp fresh = next();
    join(stage);

    assertThat(fresh.calls("bind")).containsExactly(bound(fresh, "late"));
  }

  @Test
  void aBindingWithoutTheRightFailsWithTheBrokersReason() throws Exception {
    FakeAmqp broker = started();
    next();
    broker.failBinds(
        new IOException(FakeAmqp.closedBecause(403, "ACCESS_REFUSED - write access to exchange")));

    assertThatThrownBy(() -> join(backend.subscribe("a")))
        .hasMessageContaining("ACCESS_REFUSED - write access to exchange");
    await().until(() -> listener.told().contains("restored"));
  }

  @Test
  void eachAttemptThatIsRefusedHasTheSameReason() throws Exception {
    FakeAmqp broker = started();
    next().refuseQueues();
    next().refuseQueues();
    next();
    broker.shutDown(FakeAmqp.closedBecause(320, "CONNECTION_FORCED"));
    await().until(() -> listener.told().contains("restored"));

    assertThat(listener.told().stream().filter(line -> line.startsWith("failed")).distinct())
        .singleElement()
        .asString()
        .contains("ACCESS_REFUSED - access to queue 'exchange.");
  }

  @Test
  void aPublisherThatMissesTheExchangeMakesAllChannelsBeBoundAgain() throws Exception {
    List<FakeAmqp> all = List.of(next(), next());
    join(backend.start(EnumSet.allOf(Direction.class), PubSubSettings.DEFAULTS, listener));
    join(backend.subscribe("a"));
    FakeAmqp publisher =
        all.stream().filter(each -> each.calls("consume").isEmpty()).findFirst().orElseThrow();
    List<FakeAmqp> fresh = List.of(next(), next());
    publisher.shutDown(FakeAmqp.closedBecause(404, "NOT_FOUND - no exchange 'exchange'"));

    await().until(() -> fresh.stream().anyMatch(each -> !each.calls("bind").isEmpty()));
  }

  @Test
  void aBindingThatBreaksTheChannelIsMadeOnTheNextOne() throws Exception {
    FakeAmqp broker = started();
    FakeAmqp fresh = next();
    broker.failBinds(new IOException(FakeAmqp.closedBecause(404, "NOT_FOUND - no queue")));
    join(backend.subscribe("a"));

    assertThat(fresh.calls("bind")).containsExactly(bound(fresh, "a"));
  }

  @Test
  void nothingIsConfirmedWhilePaused() throws Exception {
    FakeAmqp broker = started();
    backend.pause();
    for (int tag = 1; tag <= 200; tag++) {
      broker.deliver(tag, "a", "x");
    }
    assertThat(broker.calls("ack")).isEmpty();

    backend.resume();

    await().until(() -> broker.calls("ack").contains("ack 200"));
  }

  @Test
  void fewFramesAreConfirmedSoonAndManyAtOnce() throws Exception {
    FakeAmqp broker = started();
    for (int tag = 1; tag <= 65; tag++) {
      broker.deliver(tag, "a", "x");
    }
    await().until(() -> broker.calls("ack").contains("ack 65"));

    assertThat(broker.calls("ack").size()).isLessThan(65);
  }

  @Test
  void anErrorOfTheListenerEndsNothing() throws Exception {
    FakeAmqp broker = started();
    listener.throwOnFrames(new AssertionError("a bug of the user's"));
    broker.deliver(1, "a", "1");
    broker.deliver(2, "a", "2");

    assertThat(listener.told()).containsExactly("frame a 1", "frame a 2");
    await().until(() -> broker.calls("ack").contains("ack 2"));
  }

  @Test
  void framesOfAConnectionThatWasReplacedAreDropped() throws Exception {
    FakeAmqp old = started();
    next();
    old.shutDown(FakeAmqp.closedBecause(320, "CONNECTION_FORCED"));
    await().until(() -> listener.told().contains("restored"));
    old.deliver(1, "a", "late");

    assertThat(listener.told()).noneMatch(line -> line.startsWith("frame"));
  }

  private static <T> T join(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
