package io.starling.manager.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.starling.manager.kafka.FakeKafka.FakeConsumer;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubSettings;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class KafkaSubscriptionsTest {
  private final FakeKafka kafka = new FakeKafka();
  private final RecordingListener listener = new RecordingListener();
  private PubSubBackend backend = kafka.backend(true);

  @AfterEach
  void close() {
    backend.close(Duration.ofSeconds(5));
    assertThat(kafka.consumers()).allMatch(FakeConsumer::closed);
    assertThat(kafka.openAdmins()).isZero();
  }

  private CompletionStage<Void> start(boolean keepTrying) {
    return backend.start(
        EnumSet.of(Direction.SUBSCRIBE),
        PubSubSettings.DEFAULTS.withKeepTrying(keepTrying),
        listener);
  }

  private FakeConsumer started() throws Exception {
    join(start(false));
    join(backend.subscribe("a"));
    return kafka.consumers().get(0);
  }

  private List<String> frames() {
    return listener.told().stream()
        .filter(line -> line.startsWith("frame "))
        .map(line -> line.substring("frame a ".length()))
        .toList();
  }

  private static List<String> texts(String text, int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> text + i).toList();
  }

  @Test
  void readingBeginsAtTheEndAndSkipsChannelsThatNobodyWants() throws Exception {
    FakeConsumer consumer = started();
    consumer.arrive("other", 3, 5, "x");
    consumer.arrive("a", 5, 7, "y");

    await().until(() -> frames().equals(texts("y", 5, 7)));
  }

  @Test
  void lossesAndReturnsLeaveTheOneConsumerAlone() throws Exception {
    FakeConsumer consumer = started();
    for (int i = 0; i < 3; i++) {
      kafka.failQuestions(new SaslAuthenticationException("wrong password"));
      int losses = i + 1;
      await()
          .until(
              () -> listener.told().stream().filter(l -> l.startsWith("lost")).count() == losses);
      kafka.failQuestions(null);
      await()
          .until(
              () -> listener.told().stream().filter(l -> l.equals("restored")).count() == losses);
    }

    assertThat(kafka.consumers()).containsExactly(consumer);
    assertThat(consumer.closed()).isFalse();
    assertThat(listener.told().get(0)).contains("wrong password");
  }

  @Test
  void aConsumerThatCannotBeginIsClosedBeforeTheNextOneIsMade() throws Exception {
    kafka.knowPartitions(false);
    CompletionStage<Void> started = start(false);
    await().until(() -> kafka.consumers().size() >= 2);
    kafka.knowPartitions(true);
    join(started);

    List<FakeConsumer> made = kafka.consumers();
    assertThat(made.subList(0, made.size() - 1)).allMatch(FakeConsumer::closed);
    assertThat(made.get(made.size() - 1).closed()).isFalse();
  }

  @Test
  void closingWhileConnectingLeavesNoConsumer() throws Exception {
    kafka.knowPartitions(false);
    CompletionStage<Void> started = start(true);
    join(started);
    await().until(() -> !kafka.consumers().isEmpty());
    backend.close(Duration.ofSeconds(5));
    kafka.knowPartitions(true);

    assertThat(kafka.consumers()).allMatch(FakeConsumer::closed);
  }

  @Test
  void aBackEndThatIsPausedBeforeItStartsIsPausedAfterwards() throws Exception {
    kafka.failQuestions(new SaslAuthenticationException("wrong password"));
    join(start(true));
    backend.pause();
    kafka.failQuestions(null);
    await().until(() -> listener.told().contains("restored"));
    FakeConsumer consumer = kafka.consumers().get(0);
    await().until(consumer::isPaused);

    backend.resume();

    await().until(() -> !consumer.isPaused());
  }

  @Test
  void anErrorOfTheListenerEndsNothing() throws Exception {
    FakeConsumer consumer = started();
    listener.throwOnFrames(new AssertionError("a bug of the user's"));
    consumer.arrive("a", 3, 6, "x");

    await().until(() -> frames().equals(texts("x", 3, 6)));
  }

  @Test
  void anErrorOfTheClientEndsNothing() throws Exception {
    FakeConsumer consumer = started();
    consumer.schedulePollTask(
        () -> {
          throw new NoClassDefFoundError("x");
        });
    consumer.setPollException(new KafkaException("broken"));
    consumer.arrive("a", 3, 6, "x");

    await().until(() -> frames().equals(texts("x", 3, 6)));
  }

  @Test
  void aTopicThatWasMadeAgainIsReadFromItsStartWithoutDuplicates() throws Exception {
    FakeConsumer consumer = started();
    consumer.arrive("a", 3, 6, "old");
    await().until(() -> frames().size() == 3);
    // The client goes over to the new topic by itself, and reads on at the old position.
    consumer.arrive("a", 6, 9, "new");
    await().until(() -> frames().size() == 6);
    kafka.remakeTopic();
    await().until(() -> listener.told().contains("restored"));
    await().until(() -> consumer.position(consumer.assignment().iterator().next()) == 0);
    consumer.arrive("a", 0, 10, "new");

    await().until(() -> frames().contains("new9"));
    assertThat(frames().subList(0, 3)).isEqualTo(texts("old", 3, 6));
    assertThat(frames().subList(3, frames().size()))
        .containsExactlyInAnyOrderElementsOf(texts("new", 0, 10));
    assertThat(listener.told()).anyMatch(line -> line.contains("topic app was deleted"));
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
  void aTopicThatMustNotBeMadeIsAskedForByNameAndWaitedFor() throws Exception {
    close();
    backend = kafka.backend(false);
    FakeConsumer consumer = started();
    kafka.deleteTopic();
    await().until(() -> listener.told().stream().anyMatch(line -> line.startsWith("failed")));
    assertThat(listener.told())
        .anyMatch(
            line ->
                line.contains("no topic app (expected: one, as made by: kafka-topics.sh")
                    && line.contains("--create --topic app"));
    assertThat(kafka.topic()).isNull();

    kafka.remakeTopic();

    await().until(() -> listener.told().contains("restored"));
    assertThat(kafka.consumers()).containsExactly(consumer);
  }

  @Test
  void aPositionThatTheBrokerHasNoMoreIsALossAndReadingGoesOn() throws Exception {
    FakeConsumer consumer = started();
    consumer.updateBeginningOffsets(Map.of(consumer.assignment().iterator().next(), 100L));
    consumer.arrive("a", 100, 102, "x");

    await().until(() -> frames().equals(texts("x", 100, 102)));
    await().until(() -> listener.told().contains("restored"));
    assertThat(listener.told()).anyMatch(line -> line.startsWith("lost"));
  }

  @Test
  void afterRecordsAreLostAtTheEndReadingGoesOnWithTheFirstThatDiffers() throws Exception {
    FakeConsumer consumer = started();
    consumer.arrive("a", 3, 8, "x");
    await().until(() -> frames().size() == 5);
    TopicPartition partition = consumer.assignment().iterator().next();
    consumer.updateEndOffsets(Map.of(partition, 8L));
    consumer.setPollException(
        new LogTruncationException(
            Map.of(partition, 8L), Map.of(partition, new OffsetAndMetadata(6))));
    await().until(() -> listener.told().contains("restored"));
    consumer.arrive("a", 6, 9, "y");

    await().until(() -> frames().size() == 8);
    assertThat(frames().subList(5, 8)).isEqualTo(texts("y", 6, 9));
    assertThat(listener.told()).anyMatch(line -> line.startsWith("lost"));
  }

  @Test
  void aPositionBehindTheEndOfATopicThatWasMadeAgainIsNotReadOnBeforeItsStart() throws Exception {
    FakeConsumer consumer = started();
    consumer.arrive("a", 3, 20, "old");
    await().until(() -> frames().size() == 17);
    kafka.failQuestions(new SaslAuthenticationException("the brokers cannot be asked"));
    await().until(() -> listener.told().stream().anyMatch(line -> line.startsWith("lost")));
    kafka.remakeTopic();
    TopicPartition partition = consumer.assignment().iterator().next();
    consumer.updateEndOffsets(Map.of(partition, 9L));
    consumer.setPollException(new OffsetOutOfRangeException(Map.of(partition, 20L)));
    await().until(() -> consumer.position(partition) == 9);
    consumer.arrive("a", 0, 10, "new");
    await().during(Duration.ofMillis(100)).until(() -> frames().size() == 17);
    kafka.failQuestions(null);

    await().until(() -> frames().size() == 27);
    assertThat(frames().subList(17, 27)).isEqualTo(texts("new", 0, 10));
  }

  @Test
  void partitionsThatAreAddedAreReadFromTheirStart() throws Exception {
    FakeConsumer consumer = started();
    kafka.partitions(2);
    await().until(() -> consumer.assignment().size() == 2);
    consumer.arriveIn(1, "a", 0, "first");

    await().until(() -> frames().equals(List.of("first")));
  }

  @Test
  void aBrokerThatDoesNotKnowAPartitionYetDoesNotMakeItBeReadAgain() throws Exception {
    kafka.partitions(2);
    FakeConsumer consumer = started();
    consumer.forget(1);
    await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(5))
        .until(() -> consumer.assignment().size() == 2);
  }

  @Test
  void partitionsOfATopicThatIsGoneAreNoLongerReadWhenTheConsumerHearsOfTheNewOne()
      throws Exception {
    kafka.partitions(3);
    FakeConsumer consumer = started();
    kafka.remakeTopic(2);
    await().until(() -> listener.told().contains("restored"));
    await().until(() -> consumer.position(consumer.assignment().iterator().next()) == 0);
    assertThat(consumer.assignment()).hasSize(3);
    consumer.forget(2);
    await().until(() -> consumer.assignment().size() == 2);
    consumer.forget(1);

    await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(5))
        .until(() -> consumer.assignment().size() == 2);
  }

  @Test
  void closingFailsSubscriptionsThatNeverCameToBe() throws Exception {
    kafka.failQuestions(new SaslAuthenticationException("wrong password"));
    join(start(true));
    CompletionStage<Void> stage = backend.subscribe("a");
    await().until(() -> !listener.told().isEmpty());
    backend.close(Duration.ofSeconds(5));

    assertThatThrownBy(() -> join(stage)).hasMessageContaining("closed");
    assertThat(listener.told().get(0)).startsWith("failed").contains("wrong password");
  }

  private static <T> T join(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
