package io.starling.manager.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.starling.manager.amqp.AmqpSubscriptions.Limits;
import io.starling.manager.pubsub.GuardedListener;
import java.io.IOException;
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
  private final AmqpSubscriptions subscriptions =
      new AmqpSubscriptions(
          "starling-test-subscriber",
          AmqpAddress.of("amqp://h:5672"),
          FakeAmqp.opener(brokers),
          new Limits("exchange", 1 << 20, 256, new GuardedListener(listener)));

  @AfterEach
  void close() {
    subscriptions.close();
  }

  private FakeAmqp next() {
    FakeAmqp broker = new FakeAmqp();
    brokers.add(broker);
    return broker;
  }

  private FakeAmqp started() throws Exception {
    FakeAmqp broker = next();
    join(subscriptions.link().start(listener, false));
    return broker;
  }

  private static String bound(FakeAmqp broker, String key) {
    String queue = broker.calls("consume").get(0).substring("consume ".length());
    return "bind " + queue + " " + key;
  }

  @Test
  void aChannelThatIsWantedAlreadyIsBoundOnceMore() throws Exception {
    FakeAmqp broker = started();
    join(subscriptions.subscribe("a"));
    join(subscriptions.subscribe("a"));

    assertThat(broker.calls("bind")).containsExactly(bound(broker, "a"), bound(broker, "a"));
  }

  @Test
  void aChannelIsBoundAgainAfterItWasUnsubscribed() throws Exception {
    FakeAmqp broker = started();
    join(subscriptions.subscribe("a"));
    join(subscriptions.unsubscribe("a"));
    join(subscriptions.subscribe("a"));

    assertThat(broker.calls())
        .containsSubsequence(bound(broker, "a"), "unbind a", bound(broker, "a"));
  }

  @Test
  void theNextConnectionHasAllBindingsBeforeItIsReported() throws Exception {
    FakeAmqp old = started();
    join(subscriptions.subscribe("a"));
    join(subscriptions.subscribe("b"));
    join(subscriptions.unsubscribe("b"));
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
    join(subscriptions.subscribe("a"));
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
    CompletionStage<Void> stage = subscriptions.subscribe("late");
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

    assertThatThrownBy(() -> join(subscriptions.subscribe("a")))
        .hasMessageContaining("ACCESS_REFUSED - write access to exchange");
    await().until(() -> listener.told().contains("restored"));
  }

  @Test
  void aBindingThatBreaksTheChannelIsMadeOnTheNextOne() throws Exception {
    FakeAmqp broker = started();
    FakeAmqp fresh = next();
    broker.failBinds(new IOException(FakeAmqp.closedBecause(404, "NOT_FOUND - no queue")));
    join(subscriptions.subscribe("a"));

    assertThat(fresh.calls("bind")).containsExactly(bound(fresh, "a"));
  }

  @Test
  void nothingIsConfirmedWhilePaused() throws Exception {
    FakeAmqp broker = started();
    subscriptions.pause(true);
    for (int tag = 1; tag <= 200; tag++) {
      broker.deliver(tag, "a", "x");
    }
    assertThat(broker.calls("ack")).isEmpty();

    subscriptions.pause(false);

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

  @Test
  void closingFailsSubscriptionsThatNeverCameToBe() throws Exception {
    CompletionStage<Void> stage = subscriptions.subscribe("a");
    CompletionStage<Void> closed = subscriptions.close();
    join(closed);

    assertThatThrownBy(() -> join(stage)).hasMessageContaining("closed");
  }

  @Test
  void whatIsAskedForAfterTheCloseEndsToo() throws Exception {
    started();
    join(subscriptions.subscribe("a"));
    join(subscriptions.close());

    assertThatThrownBy(() -> join(subscriptions.subscribe("b"))).hasMessageContaining("closed");
    assertThat(join(subscriptions.unsubscribe("a"))).isNull();
  }

  private static <T> T join(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
