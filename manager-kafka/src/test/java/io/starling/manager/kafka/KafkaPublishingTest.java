package io.starling.manager.kafka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class KafkaPublishingTest {
  private final FakeKafka kafka = new FakeKafka();
  private final RecordingListener listener = new RecordingListener();
  private final PubSubBackend backend = kafka.backend(true);

  @AfterEach
  void close() {
    backend.close(Duration.ofSeconds(5));
    assertThat(kafka.producers()).allMatch(MockProducer::closed);
    assertThat(kafka.openAdmins()).isZero();
  }

  private CompletionStage<Void> start(boolean keepTrying) {
    return backend.start(
        EnumSet.of(Direction.PUBLISH),
        PubSubSettings.DEFAULTS.withKeepTrying(keepTrying),
        listener);
  }

  private MockProducer<byte[], byte[]> started() throws Exception {
    join(start(false));
    return kafka.producerNow();
  }

  private CompletionStage<Integer> publish() {
    return backend.publish("a", ByteBuffer.wrap(new byte[] {1}));
  }

  @Test
  void aFrameThatFollowsLostOnesIsNotSentOnTheNextConnection() throws Exception {
    MockProducer<byte[], byte[]> producer = started();

    CompletionStage<Integer> stage =
        backend.publish("a", ByteBuffer.wrap(new byte[] {1}), () -> false);

    assertThat(stage.toCompletableFuture()).isCompletedExceptionally();
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void aFrameThatTheBrokerTookIsConfirmed() throws Exception {
    MockProducer<byte[], byte[]> producer = started();
    CompletionStage<Integer> stage = publish();
    assertThat(stage.toCompletableFuture()).isNotDone();
    producer.completeNext();

    assertThat(join(stage)).isEqualTo(-1);
  }

  @Test
  void aFrameThatFailsClosesItsProducerAndAllThatItHolds() throws Exception {
    MockProducer<byte[], byte[]> producer = started();
    CompletionStage<Integer> failed = publish();
    CompletionStage<Integer> behind = publish();
    producer.errorNext(new TopicAuthorizationException("Not authorized to access topics: [app]"));
    await().until(() -> listener.told().contains("restored"));

    assertThatThrownBy(() -> join(failed)).hasMessageContaining("Not authorized");
    assertThat(producer.closed()).isTrue();
    assertThat(listener.told().get(0)).contains("Not authorized to access topics: [app]");
    assertThat(kafka.producers()).hasSize(2);
    producer.errorNext(new KafkaException("Producer is closed forcefully."));
    assertThatThrownBy(() -> join(behind)).hasMessageContaining("Not authorized");
  }

  @Test
  void aFrameThatCannotBeSentAtAllFailsAndLosesTheProducer() throws Exception {
    MockProducer<byte[], byte[]> producer = started();
    producer.sendException = new IllegalStateException("cannot send");
    CompletionStage<Integer> failed = publish();

    assertThatThrownBy(() -> join(failed)).hasMessageContaining("cannot send");
    await().until(() -> listener.told().contains("restored"));
    assertThat(producer.closed()).isTrue();
  }

  @Test
  void aLateFailureOfAnOldProducerLosesNothing() throws Exception {
    MockProducer<byte[], byte[]> old = started();
    CompletionStage<Integer> stage = publish();
    backend.reconnect(Direction.PUBLISH, new KafkaException("unconfirmed for 10 s"));
    await().until(() -> listener.told().contains("restored"));
    old.errorNext(new KafkaException("Producer is closed forcefully."));

    assertThatThrownBy(() -> join(stage)).hasMessageContaining("unconfirmed for 10 s");
    assertThat(listener.told()).hasSize(2);
    assertThat(kafka.producerNow().closed()).isFalse();
  }

  @Test
  void aProducerThatCannotBeMadeFailsTheStartAndLeavesNothing() {
    kafka.failProducers(new KafkaException("bad certificate"));

    assertThatThrownBy(() -> join(start(false))).hasMessageContaining("bad certificate");
    assertThat(kafka.openAdmins()).isZero();
  }

  @Test
  void aProducerThatCannotBeMadeYetIsTriedAgainAndEachReasonTold() throws Exception {
    kafka.failProducers(new KafkaException("bad certificate"));
    join(start(true));
    await().until(() -> listener.told().size() >= 3);
    assertThat(kafka.openAdmins()).isLessThanOrEqualTo(1);
    kafka.failProducers(null);
    await().until(() -> listener.told().contains("restored"));

    assertThat(listener.told().get(0)).startsWith("failed").contains("bad certificate");
  }

  @Test
  void aTopicThatWasMadeAgainGetsANewProducer() throws Exception {
    MockProducer<byte[], byte[]> old = started();
    kafka.remakeTopic();
    await().until(() -> listener.told().contains("restored"));

    assertThat(old.closed()).isTrue();
    CompletionStage<Integer> stage = publish();
    kafka.producerNow().completeNext();
    assertThat(join(stage)).isEqualTo(-1);
  }

  @Test
  void aFrameGoesToTheSamePartitionAfterPartitionsWereAdded() throws Exception {
    kafka.partitions(2);
    MockProducer<byte[], byte[]> producer = started();
    CompletionStage<Integer> unused = publish();
    int partition = producer.history().get(0).partition();
    for (int count : new int[] {3, 5, 8, 13, 19}) {
      kafka.partitions(count);
      int restored = restored();
      backend.reconnect(Direction.PUBLISH, new KafkaException("by the test"));
      await().until(() -> restored() > restored);
      unused = publish();

      assertThat(kafka.producerNow().history().get(0).partition()).isEqualTo(partition);
    }
  }

  @Test
  void aFrameGoesToTheSamePartitionAlthoughABrokerDoesNotKnowItYet() throws Exception {
    kafka.partitions(1_000);
    MockProducer<byte[], byte[]> producer = started();
    CompletionStage<Integer> unused = publish();
    int partition = producer.history().get(0).partition();
    kafka.tellProducers(1);
    backend.reconnect(Direction.PUBLISH, new KafkaException("by the test"));
    await().until(() -> kafka.producers().size() > 2 || restored() > 0);
    kafka.tellProducers(1_000);
    await().until(() -> restored() > 0);
    unused = publish();

    assertThat(kafka.producerNow().history().get(0).partition()).isEqualTo(partition);
  }

  @Test
  void publishingBeginsWhenTheProducerKnowsAllPartitions() throws Exception {
    kafka.partitions(2);
    kafka.tellProducers(1);
    CompletionStage<Void> started = start(false);
    await().until(() -> kafka.producers().size() > 1);
    assertThat(started.toCompletableFuture()).isNotDone();
    kafka.tellProducers(2);

    join(started);
  }

  private int restored() {
    return (int) listener.told().stream().filter(line -> line.equals("restored")).count();
  }

  @Test
  void aTopicThatIsMadeHasThreeReplicasOfWhichTwoConfirm() throws Exception {
    kafka.brokers(5);
    kafka.deleteTopic();
    started();

    assertThat(made().replicationFactor()).isEqualTo((short) 3);
    assertThat(made().configs()).containsEntry("min.insync.replicas", "2");
  }

  @Test
  void aTopicOnFewerThanThreeBrokersHasTheReplicasThatTheyChoose() throws Exception {
    kafka.brokers(2);
    kafka.deleteTopic();
    started();

    assertThat(made().replicationFactor()).isEqualTo((short) -1);
    assertThat(made().configs())
        .containsKey("retention.ms")
        .doesNotContainKey("min.insync.replicas");
  }

  @Test
  void aTopicIsMadeWithThreeReplicasWhereMinInSyncReplicasMustNotBeSet() throws Exception {
    kafka.brokers(3);
    kafka.refuseMinInSync();
    kafka.deleteTopic();
    started();

    assertThat(made().replicationFactor()).isEqualTo((short) 3);
    assertThat(made().configs()).doesNotContainKey("min.insync.replicas");
  }

  private NewTopic made() {
    return requireNonNull(kafka.made());
  }

  @Test
  void aTopicThatIsDeletedIsMadeAgain() throws Exception {
    started();
    kafka.deleteTopic();
    await().until(() -> listener.told().contains("restored"));

    assertThat(kafka.topic()).isNotNull();
    assertThat(listener.told().get(0)).contains("topic app was deleted");
  }

  @Test
  void aFrameWhoseProducerIsClosedBeforeItIsSentFails() throws Exception {
    started();
    CompletionStage<Integer> late =
        backend.publish(
            "a",
            ByteBuffer.wrap(new byte[1]),
            () -> {
              backend.close(Duration.ofSeconds(5));
              return true;
            });

    assertThatThrownBy(() -> join(late)).hasMessageContaining("closed");
  }

  private static <T> T join(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
