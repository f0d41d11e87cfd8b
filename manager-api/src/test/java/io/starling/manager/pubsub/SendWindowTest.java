package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.Accepted;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.BusCount;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.Operation;
import io.starling.manager.pubsub.Outbox.Share;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class SendWindowTest {
  private static final PubSubSettings SETTINGS = PubSubSettings.DEFAULTS;

  private final FakeManagerThread thread = new FakeManagerThread();
  private Executor executor = Runnable::run;
  private final RecordingBackend backend = new RecordingBackend();
  private final BusContext context =
      new BusContext(
          new HostId("self"),
          SETTINGS,
          backend,
          thread,
          new Reports(),
          task -> executor.execute(task));
  private final PubSubPublisher publisher = new PubSubPublisher(context, SentFrames.HOST_BYTES);

  private final List<CompletableFuture<Accepted>> offered = new ArrayList<>();
  private final List<Long> refused = new ArrayList<>();
  private final List<String> attempts = new ArrayList<>();

  /** What an operator would hear. */
  private final class Reports implements ManagerListener {
    @Override
    public void operationsRefused(long count) {
      refused.add(count);
    }

    @Override
    public void connectFailed(Throwable cause) {
      attempts.add(String.valueOf(cause.getMessage()));
    }
  }

  private CompletableFuture<Accepted> publish(int bytes) {
    return publish(SETTINGS.allChannel(), bytes);
  }

  private CompletableFuture<Accepted> publish(String channel, int bytes) {
    ByteBuffer message =
        MessageCodec.encode(
            new PubSubMessage.Perform("/", new Operation.CloseRoom("r".repeat(bytes)), 0));
    return publisher.publish(channel, message, Share.NORMAL).toCompletableFuture();
  }

  private CompletableFuture<Accepted> publishWholeFrame() {
    return publishWholeFrame(publisher);
  }

  /** A message that fills a frame. */
  private static CompletableFuture<Accepted> publishWholeFrame(PubSubPublisher publisher) {
    return publisher
        .publish(SETTINGS.allChannel(), ByteBuffer.wrap(new byte[64 << 10]), Share.NORMAL)
        .toCompletableFuture();
  }

  private void connect() {
    publisher.started();
    thread.run();
  }

  private void connectAndSendOne() {
    connect();
    offered.add(publish(1));
    thread.run();
  }

  private void reply(int publish, int receivers) {
    backend.replies.get(publish).complete(receivers);
    thread.run();
  }

  private void fail(int publish) {
    backend.replies.get(publish).completeExceptionally(new IllegalStateException("broken"));
    thread.run();
  }

  @Test
  void anIdleBusSendsEachMessageAtOnce() {
    connect();

    offered.add(publish(1));
    thread.run();

    assertThat(backend.published()).containsExactly("1+1");
  }

  @Test
  void messagesThatWaitTogetherLeaveInOneFrame() {
    offered.add(publish(1));
    offered.add(publish(1));
    offered.add(publish(1));
    connect();

    assertThat(backend.published()).containsExactly("1+3");
  }

  @Test
  void whatComesWhileAFrameIsOnItsWayLeavesInOneFrameWhenThatIsConfirmed() {
    connectAndSendOne();
    for (int i = 0; i < 2; i++) {
      offered.add(publish(1));
      thread.run();
    }
    assertThat(backend.published()).containsExactly("1+1");

    reply(0, 1);

    assertThat(backend.published()).containsExactly("1+1", "2+2");
  }

  @Test
  void whatWaitsLeavesWhenTheFrameBeforeItIsConfirmedAfterAFailure() {
    connectAndSendOne();
    offered.add(publish(1));
    fail(0);
    thread.advance(Duration.ofSeconds(2));
    assertThat(backend.published()).containsExactly("1+1", "1+1");

    reply(1, 1);

    assertThat(backend.published()).containsExactly("1+1", "1+1", "2+1");
  }

  @Test
  void onlyWhatWaitedTooLongFailsOfAFrameInFlight() {
    CompletableFuture<Accepted> early = publish(1);
    thread.advance(SETTINGS.outboxAge().minusSeconds(1));
    CompletableFuture<Accepted> late = publish(1);
    connect();
    thread.advance(Duration.ofSeconds(2));

    assertThat(backend.published()).containsExactly("1+2");
    assertThatThrownBy(early::join)
        .cause()
        .extracting(e -> ((BackendUnavailableException) e).outcome())
        .isEqualTo(Outcome.UNKNOWN);
    assertThat(late).isNotDone();

    reply(0, 1);

    assertThat(late).isCompletedWithValue(new Accepted(1));
    assertThat(context.events().counts().sum(BusCount.PUBLISH_FAILURES)).isEqualTo(1);
  }

  @Test
  void aRepairThatNobodyTakesIsGivenUpAndWhatFollowsIsSent() {
    connectAndSendOne();
    reply(0, 1);
    publisher.repeat("starling:host:x", 1, 1);
    thread.run();
    thread.advance(SETTINGS.outboxAge().plusSeconds(1));

    CompletableFuture<Accepted> next = publish(1);
    thread.run();
    reply(backend.replies.size() - 1, 1);

    assertThat(next).isCompletedWithValue(new Accepted(1));
  }

  @Test
  void whatWaitsLeavesWhenTheFrameBeforeItIsGivenUp() {
    connectAndSendOne();
    thread.advance(SETTINGS.outboxAge().minusSeconds(1));
    offered.add(publish(1));

    thread.advance(Duration.ofSeconds(2));

    assertThat(backend.published()).containsExactly("1+1", "2+1");
  }

  @Test
  void whatWaitsLeavesThoughNobodyMayBeTold() {
    executor =
        task -> {
          throw new RejectedExecutionException("full");
        };
    connectAndSendOne();
    offered.add(publish(1));

    reply(0, 1);

    assertThat(backend.published()).containsExactly("1+1", "2+1");
  }

  @Test
  void aStageOfNoUserCompletesOnThePublisherThreadWhileCallbacksAreBlocked() {
    executor = task -> {};
    connect();
    ByteBuffer message =
        MessageCodec.encode(new PubSubMessage.Perform("/", new Operation.CloseRoom("r"), 0));
    for (Share share : Share.values()) {
      offered.add(publisher.publish(SETTINGS.allChannel(), message, share).toCompletableFuture());
    }
    thread.run();

    reply(0, 1);

    assertThat(offered)
        .extracting(CompletableFuture::isDone)
        .as("a user's operation, a question, and what hosts tell each other")
        .containsExactly(false, true, true);
  }

  @Test
  void anErrorOfTheCallbackExecutorStopsNothing() {
    executor =
        task -> {
          throw new OutOfMemoryError("unable to create native thread");
        };
    connectAndSendOne();
    offered.add(publish(1));

    reply(0, 1);

    assertThat(backend.published()).containsExactly("1+1", "2+1");
  }

  @Test
  void aFullFrameDoesNotWaitForTheOneBefore() {
    connectAndSendOne();

    offered.add(publishWholeFrame());
    offered.add(publish(1));
    thread.run();

    assertThat(backend.published()).containsExactly("1+1", "2+1");
  }

  @Test
  void messagesForInboxesWaitForNone() {
    connect();
    for (int i = 0; i < 3; i++) {
      offered.add(publish("starling:host:x", 1));
      thread.run();
    }

    assertThat(backend.published()).containsExactly("0+1", "0+1", "0+1");
  }

  @Test
  void whatGoesToAllDoesNotWaitForARepair() {
    connectAndSendOne();
    reply(0, 1);
    publisher.repeat("starling:host:x", 1, 1);
    thread.run();

    offered.add(publish(1));
    thread.run();

    assertThat(backend.published()).containsExactly("1+1", "1+1", "2+1");
  }

  @Test
  void aMessageForAnInboxWaitsForNone() {
    connectAndSendOne();

    offered.add(publish(1));
    offered.add(publish("starling:host:x", 1));
    offered.add(publish(1));
    thread.run();

    assertThat(backend.published()).containsExactly("1+1", "2+1", "0+1");
  }

  @Test
  void aFrameTakesOneChannelOnlyAndInboxesAreNotNumbered() {
    offered.add(publish(1));
    offered.add(publish("starling:host:x", 1));
    offered.add(publish(1));
    connect();
    reply(0, 1);

    assertThat(backend.published()).containsExactly("1+1", "0+1", "2+1");
  }

  @Test
  void atMostEightFramesAreInFlight() {
    for (int i = 0; i < 20; i++) {
      offered.add(publishWholeFrame());
    }
    connect();
    assertThat(backend.frames).hasSize(8);

    reply(0, 1);

    assertThat(backend.frames).hasSize(9);
  }

  @Test
  void theStageTellsHowManyReceivedIt() {
    CompletableFuture<Accepted> stage = publish(1);
    connect();
    assertThat(stage).isNotDone();

    reply(0, 3);

    assertThat(stage).isCompletedWithValue(new Accepted(3));
    assertThat(publisher.outboxBytes()).isZero();
  }

  @Test
  void nothingIsSentBetweenAFailureAndItsRepetition() {
    connectAndSendOne();
    offered.add(publishWholeFrame());

    backend.replies.get(0).completeExceptionally(new IllegalStateException("broken"));
    thread.run();
    assertThat(backend.published()).containsExactly("1+1");
    thread.advance(Duration.ofSeconds(2));

    assertThat(backend.published()).containsExactly("1+1", "1+1", "2+1");
  }

  @Test
  void nothingOvertakesAFrameThatIsLostWhileTheNextOneIsAboutToBeSent() {
    connectAndSendOne();
    offered.add(publishWholeFrame());
    backend.meanwhile =
        () -> {
          backend.meanwhile = () -> {};
          publisher.window().connectionLost();
          backend.replies.get(0).completeExceptionally(new IllegalStateException("broken"));
          publisher.window().connectionRestored();
        };

    thread.run();

    assertThat(backend.published()).containsExactly("1+1", "1+1", "2+1");
  }

  @Test
  void nothingOvertakesAFrameWhoseFailureIsStillUnknownWhenTheConnectionIsBack() {
    connectAndSendOne();
    offered.add(publishWholeFrame());
    backend.meanwhile =
        () -> {
          backend.meanwhile = () -> {};
          publisher.window().connectionLost();
          publisher.window().connectionRestored();
        };

    thread.run();

    assertThat(backend.published()).containsExactly("1+1", "1+1", "2+1");
  }

  @Test
  void afterAFailureEveryUnconfirmedFrameGoesOutAgainBeforeAnyNewOne() {
    connect();
    List<CompletableFuture<Accepted>> stages = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      stages.add(publishWholeFrame());
      thread.run();
    }
    reply(0, 1);
    fail(1);
    fail(2);
    stages.add(publishWholeFrame());
    thread.run();
    assertThat(backend.published()).containsExactly("1+1", "2+1", "3+1");

    thread.advance(Duration.ofSeconds(2));

    assertThat(backend.published()).containsExactly("1+1", "2+1", "3+1", "2+1", "3+1", "4+1");
    for (int i = 3; i < 6; i++) {
      reply(i, 1);
    }
    assertThat(stages).allMatch(CompletableFuture::isDone);
  }

  @Test
  void aFrameSentAgainIsTheSameFrame() {
    connectAndSendOne();
    fail(0);
    offered.add(publish(1));

    thread.advance(Duration.ofSeconds(2));

    assertThat(backend.frames.get(1)).isEqualTo(backend.frames.get(0));
  }

  @Test
  void nothingIsSentWhileTheConnectionIsLost() {
    connectAndSendOne();
    publisher.window().connectionLost();
    offered.add(publishWholeFrame());
    thread.advance(Duration.ofSeconds(10));
    assertThat(backend.published()).containsExactly("1+1");

    publisher.window().connectionRestored();
    thread.run();

    assertThat(backend.published()).containsExactly("1+1", "1+1", "2+1");
  }

  @Test
  void aConfirmationOfTheFirstAttemptCounts() {
    connect();
    CompletableFuture<Accepted> stage = publish(1);
    thread.run();
    publisher.window().connectionLost();
    publisher.window().connectionRestored();
    thread.run();

    reply(0, 1);
    reply(1, 2);

    assertThat(stage).isCompletedWithValue(new Accepted(1));
    assertThat(publisher.outboxBytes()).isZero();
  }

  @Test
  void whatWaitedTooLongFailsAsNotSentAndTakesNoNumber() {
    CompletableFuture<Accepted> stage = publish(1);

    thread.advance(SETTINGS.outboxAge().plusMillis(1));
    offered.add(publish(1));
    connect();

    assertThatThrownBy(stage::join)
        .cause()
        .isInstanceOfSatisfying(
            BackendUnavailableException.class,
            e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT));
    assertThat(backend.published()).containsExactly("1+1");
  }

  @Test
  void whatWasInFlightTooLongFailsAsUnknown() {
    connect();
    CompletableFuture<Accepted> stage = publish(1);
    thread.run();

    thread.advance(SETTINGS.outboxAge().plusSeconds(1));

    assertThatThrownBy(stage::join)
        .cause()
        .isInstanceOfSatisfying(
            BackendUnavailableException.class,
            e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
  }

  @Test
  void aFrameThatIsUnconfirmedForTenSecondsDropsItsConnection() {
    connectAndSendOne();

    thread.advance(Duration.ofMillis(9_999));
    assertThat(backend.reconnects).isEmpty();
    thread.advance(Duration.ofMillis(501));

    assertThat(backend.reconnects)
        .singleElement()
        .asString()
        .startsWith("PUBLISH: frame: unconfirmed for 10 s");
  }

  @Test
  void aFrameForAnInboxThatIsUnconfirmedDropsItsConnectionToo() {
    connect();
    offered.add(publish("starling:host:x", 1));
    thread.run();

    thread.advance(Duration.ofMillis(10_500));

    assertThat(backend.reconnects).hasSize(1);
  }

  @Test
  void aConnectionIsDroppedOnceInTenSecondsAtMost() {
    connectAndSendOne();

    thread.advance(Duration.ofSeconds(25));

    assertThat(backend.reconnects).hasSize(2);
  }

  @Test
  void framesThatAreConfirmedInTimeDropNoConnection() {
    connect();
    for (int i = 0; i < 5; i++) {
      offered.add(publish(1));
      thread.advance(Duration.ofSeconds(9));
      reply(i, 1);
    }

    assertThat(backend.reconnects).isEmpty();
  }

  @Test
  void aFrameThatWentOutAgainHasTenSecondsAgain() {
    connectAndSendOne();
    thread.advance(Duration.ofSeconds(8));
    publisher.window().connectionLost();
    publisher.window().connectionRestored();
    thread.advance(Duration.ofSeconds(9));

    assertThat(backend.reconnects).isEmpty();
  }

  @Test
  void nothingIsDroppedWhileTheConnectionIsSaidToBeLost() {
    connectAndSendOne();
    publisher.window().connectionLost();

    thread.advance(Duration.ofSeconds(29));

    assertThat(backend.reconnects).isEmpty();
  }

  @Test
  void aPauseOfTheProcessDropsNoConnection() {
    connectAndSendOne();
    thread.advance(Duration.ofSeconds(5));

    thread.stall(Duration.ofSeconds(20));
    thread.advance(Duration.ofSeconds(9));

    assertThat(backend.reconnects).isEmpty();
  }

  @Test
  void whatTheBrokerSaidIsTheCauseOfAFailure() {
    CompletableFuture<Accepted> stage = publish(1);
    connect();
    fail(0);
    thread.advance(SETTINGS.outboxAge().plusSeconds(1));

    assertThatThrownBy(stage::join).hasRootCauseMessage("broken");
  }

  @Test
  void nothingIsRepeatedAfterTheEnd() {
    Outbox outbox = new Outbox(1_000, SETTINGS.allChannel());
    SendWindow window =
        new SendWindow(context, outbox, new SentFrames(context, outbox, SentFrames.HOST_BYTES, 0));
    outbox.offer(
        new Outbox.Entry(
            SETTINGS.allChannel(),
            ByteBuffer.allocate(1),
            0,
            Share.NORMAL,
            new CompletableFuture<>()));
    window.connectionRestored();
    thread.run();
    reply(0, 1);
    window.failAll("closed");

    window.repeat("inbox", 1, 1);

    assertThat(backend.published()).containsExactly("1+1");
  }

  @Test
  void whatWaitsTooLongFailsWhileThePublisherDrains() {
    CompletableFuture<Accepted> stage = publish(1);
    thread.run();
    CompletableFuture<Boolean> drained =
        CompletableFuture.supplyAsync(() -> publisher.drain(Duration.ofMinutes(1)));
    Awaitility.await().until(() -> thread.waiting() > 0);

    thread.advance(SETTINGS.outboxAge().plusSeconds(1));

    assertThat(stage).isCompletedExceptionally();
    assertThat(drained.join()).isTrue();
  }

  @Test
  void aClosedOutboxRefusesWhatItIsOffered() {
    Outbox outbox = new Outbox(1_000, "all");
    outbox.close();

    assertThatThrownBy(
            () ->
                outbox.offer(
                    new Outbox.Entry(
                        "c", ByteBuffer.allocate(1), 0, Share.NORMAL, new CompletableFuture<>())))
        .isInstanceOf(BackendUnavailableException.class);
    assertThat(outbox.bytes()).isZero();
    assertThat(outbox.peek()).isNull();
  }

  @Test
  void aFullOutboxRefusesTheNewMessageButNotAnswers() {
    for (int i = 0; i < 100; i++) {
      CompletableFuture<Accepted> stage = publishLarge(Share.NORMAL);
      if (stage.isCompletedExceptionally()) {
        break;
      }
    }

    assertThat(publishLarge(Share.NORMAL)).isCompletedExceptionally();
    assertThat(publishLarge(Share.RESERVE)).isNotDone();
  }

  @Test
  void whatAFullOutboxRefusesIsCountedAndToldOnceAMinuteWithItsNumber() {
    connect();
    while (!publishLarge(Share.NORMAL).isCompletedExceptionally()) {
      thread.run();
    }
    offered.add(publishLarge(Share.NORMAL));
    assertThat(publisher.statistics().get(BusCount.REFUSED)).isEqualTo(2);

    thread.advance(Duration.ofMillis(500));
    assertThat(refused).containsExactly(2L);
    for (int i = 0; i < 5; i++) {
      offered.add(publishLarge(Share.NORMAL));
    }
    thread.advance(Duration.ofSeconds(29));
    assertThat(refused).containsExactly(2L);
    thread.advance(Duration.ofSeconds(32));

    assertThat(refused).containsExactly(2L, 5L);
  }

  @Test
  void theReasonWhyTheBrokerTookNothingIsToldAtOnce() {
    connectAndSendOne();

    fail(0);

    assertThat(attempts).containsExactly("broken");
  }

  @Test
  void theAgeOfTheOldestOperationCountsWhetherItIsQueuedOrInFlight() {
    offered.add(publish(1));
    thread.advance(Duration.ofSeconds(2));
    assertThat(publisher.statistics().oldestOperation()).isEqualTo(Duration.ofSeconds(2));
    connect();
    thread.advance(Duration.ofSeconds(3));
    assertThat(publisher.statistics().oldestOperation()).isEqualTo(Duration.ofSeconds(5));

    reply(0, 1);

    assertThat(publisher.statistics().oldestOperation()).isZero();
  }

  @Test
  void writableComesBackWhenHalfOfTheOutboxIsFree() {
    for (int i = 0; i < 100; i++) {
      offered.add(publishLarge(Share.NORMAL));
    }
    CompletableFuture<Void> writable = publisher.whenWritable().toCompletableFuture();
    assertThat(writable).isNotDone();

    connect();
    for (int i = 0; i < backend.replies.size(); i++) {
      reply(i, 1);
    }

    assertThat(writable).isCompleted();
  }

  private CompletableFuture<Accepted> publishLarge(Share share) {
    return publisher
        .publish(SETTINGS.allChannel(), ByteBuffer.wrap(new byte[500_000]), share)
        .toCompletableFuture();
  }

  /** An emitter that so many subscribers received, and whose connection was lost and is back. */
  private PubSubPublisher emitterAfterAnOutage(int receiversBefore) {
    PubSubPublisher emitter = new PubSubPublisher(context, 0);
    emitter.started();
    thread.run();
    offered.add(publishWholeFrame(emitter));
    thread.run();
    reply(0, receiversBefore);
    emitter.window().connectionLost();
    emitter.window().connectionRestored();
    thread.run();
    return emitter;
  }

  @Test
  void anEmitterRepeatsTheFirstFrameAfterAnOutageUntilItsReceiversAreBack() {
    CompletableFuture<Accepted> first = publishWholeFrame(emitterAfterAnOutage(2));
    thread.run();
    for (int publish = 1; publish <= 3; publish++) {
      reply(publish, publish - 1);
      thread.advance(Duration.ofMillis(100));
    }

    assertThat(backend.published()).containsExactly("1+1", "2+1", "2+1", "2+1");
    assertThat(first.join().receivers()).isEqualTo(2);
    assertThat(context.events().counts().sum(BusCount.UNRECEIVED)).isZero();
  }

  @Test
  void whileAnEmitterAwaitsItsReceiversOneFrameIsOnItsWay() {
    PubSubPublisher emitter = emitterAfterAnOutage(1);
    for (int i = 0; i < 3; i++) {
      offered.add(publishWholeFrame(emitter));
    }
    thread.run();
    assertThat(backend.published()).containsExactly("1+1", "2+1");

    reply(1, 1);

    assertThat(backend.published()).containsExactly("1+1", "2+1", "3+1", "4+1");
  }

  @Test
  void anEmitterGoesOnWithFewerReceiversAfterThreeSeconds() {
    CompletableFuture<Accepted> first = publishWholeFrame(emitterAfterAnOutage(2));
    thread.run();
    for (int publish = 1; !first.isDone(); publish++) {
      reply(publish, 1);
      thread.advance(Duration.ofMillis(100));
    }

    assertThat(backend.published()).hasSize(32);
    assertThat(first.join().receivers()).isEqualTo(1);
  }

  @Test
  void aSecondOutageDoesNotMakeAnEmitterWaitLonger() {
    PubSubPublisher emitter = emitterAfterAnOutage(2);
    CompletableFuture<Accepted> first = publishWholeFrame(emitter);
    thread.run();
    for (int publish = 1; !first.isDone(); publish++) {
      reply(publish, 1);
      emitter.window().connectionLost();
      thread.advance(Duration.ofMillis(500));
      emitter.window().connectionRestored();
      thread.run();
    }

    assertThat(backend.published()).hasSize(8);
    assertThat(first.join().receivers()).isEqualTo(1);
  }

  @Test
  void aFrameThatWouldBecomeTooOldAwaitsNobody() {
    PubSubPublisher emitter = emitterAfterAnOutage(2);
    emitter.window().connectionLost();
    CompletableFuture<Accepted> first = publishWholeFrame(emitter);
    thread.advance(SETTINGS.outboxAge().minusSeconds(3));
    emitter.window().connectionRestored();
    thread.run();

    reply(1, 1);

    assertThat(first.join().receivers()).isEqualTo(1);
  }

  @Test
  void anEmitterThatNobodyReceivedAwaitsNobodyAfterAnOutage() {
    CompletableFuture<Accepted> first = publishWholeFrame(emitterAfterAnOutage(0));
    thread.run();

    reply(1, 0);

    assertThat(first.join().receivers()).isZero();
  }

  @Test
  void anEmitterAwaitsNobodyWhereTheBrokerDoesNotTell() {
    CompletableFuture<Accepted> first = publishWholeFrame(emitterAfterAnOutage(Accepted.UNKNOWN));
    thread.run();

    reply(1, Accepted.UNKNOWN);

    assertThat(first.join().receivers()).isEqualTo(Accepted.UNKNOWN);
  }

  @Test
  void aHostDoesNotAwaitItsReceiversAfterAnOutage() {
    connectAndSendOne();
    reply(0, 2);
    publisher.window().connectionLost();
    publisher.window().connectionRestored();
    CompletableFuture<Accepted> first = publish(1);
    thread.run();

    reply(1, 1);

    assertThat(first.join().receivers()).isEqualTo(1);
  }
}
