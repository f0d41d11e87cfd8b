package io.starling.manager.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.starling.manager.BackendUnavailableException;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AmqpPublishingTest {
  private final LinkedTransferQueue<FakeAmqp> brokers = new LinkedTransferQueue<>();
  private final RecordingListener listener = new RecordingListener();
  private final PubSubBackend backend = FakeAmqp.backend(brokers);

  @AfterEach
  void close() {
    backend.close(Duration.ofSeconds(5));
  }

  private CompletionStage<Void> start() {
    return backend.start(EnumSet.of(Direction.PUBLISH), PubSubSettings.DEFAULTS, listener);
  }

  /** The next connection goes to this. */
  private FakeAmqp next(FakeAmqp broker) {
    brokers.add(broker);
    return broker;
  }

  private FakeAmqp started() throws Exception {
    FakeAmqp broker = next(new FakeAmqp());
    join(start());
    return broker;
  }

  private CompletableFuture<Integer> publish(FakeAmqp on, String key) {
    int before = on.calls("publish").size();
    CompletableFuture<Integer> stage =
        backend.publish(key, ByteBuffer.wrap(new byte[] {1})).toCompletableFuture();
    await().until(() -> on.calls("publish").size() == before + 1);
    return stage;
  }

  @Test
  void aConfirmCompletesItsFrame() throws Exception {
    FakeAmqp broker = started();
    CompletableFuture<Integer> first = publish(broker, "a");
    CompletableFuture<Integer> second = publish(broker, "b");
    broker.ack(1, false);

    assertThat(join(first)).isEqualTo(-1);
    assertThat(second).isNotDone();
  }

  @Test
  void aRefusedFrameFails() throws Exception {
    FakeAmqp broker = started();
    CompletableFuture<Integer> stage = publish(broker, "a");
    broker.nack(1);

    assertThatThrownBy(() -> join(stage)).hasMessageContaining("frame refused");
  }

  @Test
  void aFrameThatComesBackHasNoReceivers() throws Exception {
    FakeAmqp broker = started();
    CompletableFuture<Integer> routed = publish(broker, "a");
    CompletableFuture<Integer> unroutable = publish(broker, "b");
    CompletableFuture<Integer> last = publish(broker, "a");
    broker.giveBack(1);
    broker.ack(3, true);

    assertThat(join(routed)).isEqualTo(-1);
    assertThat(join(unroutable)).isZero();
    assertThat(join(last)).isEqualTo(-1);
  }

  @Test
  void onlyRabbitMqIsAskedToSendFramesBack() throws Exception {
    FakeAmqp other = next(new FakeAmqp("qpid"));
    join(start());
    CompletableFuture<Integer> stage = publish(other, "a");

    assertThat(stage).isNotDone();
    assertThat(other.calls("publish")).containsExactly("publish a");
  }

  @Test
  void aConfirmOfAnOldChannelCountsForNoFrameOfTheNextOne() throws Exception {
    FakeAmqp old = started();
    CompletableFuture<Integer> lost = publish(old, "a");
    FakeAmqp fresh = next(new FakeAmqp());
    old.shutDown(FakeAmqp.closedBecause(320, "CONNECTION_FORCED"));
    await().until(() -> listener.told().contains("restored"));
    CompletableFuture<Integer> stage = publish(fresh, "a");
    old.ack(1, true);

    assertThat(stage).isNotDone();
    assertThatThrownBy(() -> join(lost)).hasMessageContaining("CONNECTION_FORCED");
    fresh.ack(1, false);
    assertThat(join(stage)).isEqualTo(-1);
  }

  @Test
  void aPublishThatThrowsAfterItWasCountedLosesTheConnectionAndShiftsNoConfirm() throws Exception {
    FakeAmqp broker = started();
    CompletableFuture<Integer> before = publish(broker, "a");
    broker.failPublishes(new IllegalArgumentException("Short string too long"));
    FakeAmqp fresh = next(new FakeAmqp());
    CompletionStage<Integer> thrown = backend.publish("b", ByteBuffer.wrap(new byte[1]));

    assertThatThrownBy(() -> join(thrown)).hasMessageContaining("Short string too long");
    assertThatThrownBy(() -> join(before)).isInstanceOf(Exception.class);
    await().until(() -> listener.told().contains("restored"));
    assertThat(broker.calls()).contains("cut");
    CompletableFuture<Integer> after = publish(fresh, "c");
    broker.ack(2, true);
    assertThat(after).isNotDone();
    fresh.ack(1, false);
    assertThat(join(after)).isEqualTo(-1);
  }

  @Test
  void anErrorOfTheClientIsTreatedLikeAnException() throws Exception {
    FakeAmqp broker = started();
    broker.failPublishes(new NoClassDefFoundError("x"));
    next(new FakeAmqp());
    CompletionStage<Integer> thrown = backend.publish("b", ByteBuffer.wrap(new byte[1]));

    assertThatThrownBy(() -> join(thrown)).isInstanceOf(Exception.class);
    await().until(() -> listener.told().contains("restored"));
  }

  @Test
  void aChannelNameThatAmqpCannotHoldNeverReachesTheBroker() throws Exception {
    FakeAmqp broker = started();
    String key = "é".repeat(128);
    CompletionStage<Integer> refused = backend.publish(key, ByteBuffer.wrap(new byte[1]));

    assertThatThrownBy(() -> join(refused)).hasMessageContaining("(expected: at most 255 bytes)");
    CompletableFuture<Integer> longest = publish(broker, "k".repeat(255));
    broker.ack(1, false);
    assertThat(join(longest)).isEqualTo(-1);
    assertThat(listener.told()).isEmpty();
  }

  @Test
  void aBlockedBrokerIsLostWithItsReasonAndKept() throws Exception {
    FakeAmqp broker = started();
    broker.block("low on memory");
    await().until(() -> listener.told().size() == 1);
    CompletionStage<Integer> meanwhile = backend.publish("a", ByteBuffer.wrap(new byte[1]));
    broker.unblock();
    await().until(() -> listener.told().size() == 2);

    assertThatThrownBy(() -> join(meanwhile)).hasMessageContaining("not connected");
    assertThat(listener.told())
        .containsExactly(
            "lost amqp://h:5672: blocked: low on memory"
                + " (expected: a RabbitMQ server that answers)",
            "restored");
    assertThat(broker.calls()).doesNotContain("cut");
    CompletableFuture<Integer> stage = publish(broker, "a");
    broker.ack(1, false);
    assertThat(join(stage)).isEqualTo(-1);
  }

  @Test
  void aConnectionThatTakesNoBytesIsDroppedOnDemand() throws Exception {
    FakeAmqp broker = started();
    broker.blockWrites();
    CompletionStage<Integer> stuck = backend.publish("a", ByteBuffer.wrap(new byte[1]));
    await().until(() -> broker.calls().contains("blocked write"));
    CompletionStage<Integer> behind = backend.publish("b", ByteBuffer.wrap(new byte[1]));
    next(new FakeAmqp());
    backend.reconnect(Direction.PUBLISH, new IOException("unconfirmed for 10 s"));

    assertThatThrownBy(() -> join(stuck))
        .hasCauseInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("unconfirmed for 10 s");
    assertThatThrownBy(() -> join(behind)).isInstanceOf(Exception.class);
    await().until(() -> listener.told().contains("restored"));
  }

  @Test
  void aConnectionThatOpensAfterTheCloseIsClosed() throws Exception {
    CompletionStage<Void> started = start();
    await().until(brokers::hasWaitingConsumer);
    CompletionStage<Void> closed = CompletableFuture.runAsync(this::close);
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> join(backend.publish("a", ByteBuffer.allocate(1))))
                    .hasMessageContaining("not open"));
    FakeAmqp late = next(new FakeAmqp());
    join(closed);

    assertThat(late.calls()).contains("abort", "cut");
    assertThatThrownBy(() -> join(started)).hasMessageContaining("closed");
  }

  @Test
  void closingFailsTheFramesThatAreUnconfirmed() throws Exception {
    FakeAmqp broker = started();
    CompletableFuture<Integer> stage = publish(broker, "a");
    backend.close(Duration.ofSeconds(5));

    assertThatThrownBy(() -> join(stage)).hasMessageContaining("closed");
    assertThat(List.copyOf(broker.calls())).containsSubsequence("abort", "cut");
  }

  @Test
  void aFrameWhoseConnectionIsClosedBeforeItIsWrittenFails() throws Exception {
    started();
    CompletionStage<Integer> late =
        backend.publish(
            "a",
            ByteBuffer.wrap(new byte[1]),
            () -> {
              backend.close(Duration.ofSeconds(5));
              return true;
            });

    assertThatThrownBy(() -> join(late)).hasMessageContaining("not connected");
  }

  private static <T> T join(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
