package io.starling.manager.pubsub;

import static io.starling.manager.pubsub.FakeSockets.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.BackendState;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BusCount;
import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.HostResponses;
import io.starling.manager.ManagerException;
import io.starling.manager.ManagerListener;
import io.starling.manager.MissingHost;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.Operation;
import io.starling.manager.Question;
import io.starling.manager.Recipients;
import io.starling.manager.Scope;
import io.starling.manager.SocketId;
import io.starling.manager.local.Answer;
import io.starling.manager.local.Answer.Found;
import io.starling.manager.local.Answer.Present;
import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubMessage.Nack;
import io.starling.manager.pubsub.PubSubMessage.Reply;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whom a question of an emitter waits for; on one thread, with a clock that is set by hand. */
class ReplyInboxTest {
  private static final HostId EMITTER = new HostId("emitter");
  private static final HostId A = new HostId("A");
  private static final HostId B = new HostId("B");
  private static final String INBOX = "starling:reply:emitter";
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Map<HostId, MissingHost> UNKNOWN =
      Map.of(HostId.UNKNOWN, new MissingHost(Reason.UNREACHABLE, 0, 0));

  private final FakeManagerThread thread = new FakeManagerThread();
  private final FakeWire wire = new FakeWire(thread);
  private final FakeWire.End end = wire.end();

  /** The connection of the hosts, which a test plays by hand. */
  private final FakeWire.End hosts = wire.end();

  private final List<String> events = new ArrayList<>();
  private final PubSubPublisher publisher =
      new PubSubPublisher(
          new BusContext(
              EMITTER, PubSubSettings.DEFAULTS, end, thread, new Recording(), Runnable::run),
          0);
  private final ReplyInbox inbox = publisher.withReplies();

  /** What the emitter reports. */
  private final class Recording implements ManagerListener {
    @Override
    public void stateChanged(BackendState state, @Nullable Throwable cause) {
      events.add(state.name());
    }

    @Override
    public void messageSkipped(HostId origin, String reason) {
      events.add("skipped " + reason);
    }

    @Override
    public void operationsUnreceived(long count) {
      events.add("unreceived " + count);
    }
  }

  @BeforeEach
  void start() {
    hosts.start(Set.of(), PubSubSettings.DEFAULTS, new Deaf());
    hosts.subscribe(PubSubSettings.DEFAULTS.allChannel());
    publisher.start();
    thread.run();
  }

  /** Hears the questions; the test answers them. */
  private static final class Deaf implements PubSubBackend.Listener {
    @Override
    public void frame(String channel, ByteBuffer frame) {}

    @Override
    public void connectionLost(Direction direction, @Nullable Throwable cause) {}

    @Override
    public void connectionRestored(Direction direction) {}
  }

  private <A> CompletableFuture<A> ask(Question<A> question, Duration timeout) {
    CompletableFuture<A> asked =
        inbox.ask("/", question, Scope.CLUSTER, timeout).toCompletableFuture();
    thread.run();
    return asked;
  }

  private CompletableFuture<HostResponses<Integer>> count() {
    return ask(new Question.Count(Recipients.ALL), MINUTE);
  }

  private void say(HostId host, PubSubMessage message) {
    Header header = new Header(host, INBOX, 0, 1, thread.currentTimeMillis());
    hosts.publish(
        INBOX, FrameCodec.encode(header, List.of(MessageCodec.encode(message)), FrameSeal.NONE));
    thread.run();
  }

  private void answer(HostId host, Answer answer) {
    say(host, new Reply(1, answer));
  }

  private static Present present(HostId host, @Nullable Set<HostId> others) {
    return new Present(new HostInfo(host, "starling 1.0", Duration.ofSeconds(7)), others);
  }

  private static Found found(int sockets) {
    return new Found(sockets, 0, 1, List.of());
  }

  @Test
  void aQuestionIsCompleteWhenEveryHostThatOneNamesHasAnswered() {
    CompletableFuture<HostResponses<Integer>> asked = count();

    answer(A, present(A, Set.of(B)));
    answer(A, found(1));
    assertThat(asked).isNotDone();
    answer(B, found(2));

    assertThat(asked).isCompletedWithValue(new HostResponses<>(Map.of(A, 1, B, 2), Map.of()));
  }

  @Test
  void anAnswerThatComesBeforeTheListOfHostsCounts() {
    CompletableFuture<HostResponses<Integer>> asked = count();

    answer(B, found(2));
    answer(B, present(B, null));
    assertThat(asked).isNotDone();
    answer(A, found(1));
    answer(A, present(A, Set.of(B)));

    assertThat(asked).isCompletedWithValueMatching(HostResponses::complete);
  }

  @Test
  void aHostThatSaysThatItDoesNotKnowTheOthersIsNotEnough() {
    CompletableFuture<HostResponses<Integer>> asked = count();
    answer(A, present(A, null));
    answer(A, found(1));

    assertThat(asked).isNotDone();
    thread.advance(MINUTE);

    assertThat(asked).isCompletedWithValue(new HostResponses<>(Map.of(A, 1), UNKNOWN));
  }

  @Test
  void hostsOfAnOlderReleaseAnswerAndTheResultSaysThatThereMayBeOthers() {
    CompletableFuture<HostResponses<Integer>> asked = count();
    answer(A, found(1));

    thread.advance(MINUTE);

    assertThat(asked).isCompletedWithValue(new HostResponses<>(Map.of(A, 1), UNKNOWN));
  }

  @Test
  void aHostThatIsNamedAndDoesNotAnswerIsMissing() {
    CompletableFuture<HostResponses<Integer>> asked = count();
    answer(A, present(A, Set.of(B)));
    answer(A, found(1));

    thread.advance(MINUTE);

    assertThat(asked)
        .isCompletedWithValue(
            new HostResponses<>(Map.of(A, 1), Map.of(B, new MissingHost(Reason.TIMED_OUT, 0, 0))));
  }

  @Test
  void aQuestionThatNobodyReceivesEndsAtOnceAndListsTheUnknownHostAsMissing() {
    hosts.kill();

    assertThat(count()).isCompletedWithValue(new HostResponses<>(Map.of(), UNKNOWN));
    assertThat(ask(new Question.Find(new SocketId("s")), MINUTE)).isCompletedExceptionally();
  }

  @Test
  void whereNoHostTellsOfAnyASocketIsNotSaidToBeNowhere() {
    CompletableFuture<Optional<HostId>> asked =
        ask(new Question.Find(new SocketId("s")), Duration.ofSeconds(1));

    thread.advance(Duration.ofSeconds(1));

    assertThat(asked)
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(BackendUnavailableException.class);
  }

  @Test
  void aQuestionThatTheBrokerDoesNotTakeInTimeMayHaveReachedNobody() {
    end.refuse(new IllegalStateException("refused"));

    CompletableFuture<HostResponses<Integer>> asked = count();
    thread.advance(Duration.ofSeconds(29));
    assertThat(asked).isNotDone();
    thread.advance(Duration.ofSeconds(2));

    assertThat(asked).isCompletedExceptionally();
  }

  @Test
  void whatAHostSaysOfItselfIsItsDescription() {
    CompletableFuture<HostResponses<HostInfo>> asked = inbox.hosts(MINUTE).toCompletableFuture();
    thread.run();
    answer(A, present(A, Set.of(B)));
    answer(A, found(0));
    answer(B, found(0));

    assertThat(asked.join().answers())
        .isEqualTo(
            Map.of(
                A,
                new HostInfo(A, "starling 1.0", Duration.ofSeconds(7)),
                B,
                new HostInfo(B, "", Duration.ZERO)));
  }

  @Test
  void anAnswerThatComesAfterTheTimeOutHasNoEffect() {
    CompletableFuture<HostResponses<Integer>> asked = count();
    thread.advance(MINUTE);

    answer(A, present(A, Set.of()));
    answer(A, found(1));

    assertThat(asked).isCompletedWithValue(new HostResponses<>(Map.of(), UNKNOWN));
    assertThat(publisher.statistics().pendingRequests()).isZero();
  }

  @Test
  void aQuestionThatIsOpenWhenTheEmitterClosesDoesNotSeemComplete() throws Exception {
    CompletableFuture<HostResponses<Integer>> asked = count();
    answer(A, found(1));
    CompletableFuture<Void> closed = CompletableFuture.runAsync(publisher::close);
    while (!closed.isDone()) {
      thread.advance(Duration.ofMillis(5));
      Thread.onSpinWait();
    }

    assertThat(asked).isCompletedWithValue(new HostResponses<>(Map.of(A, 1), UNKNOWN));
  }

  @Test
  void aMessageThatIsNoAnswerIsSkippedAndCounted() {
    say(A, new Nack(1, 2));

    assertThat(events).contains("skipped message: no answer (expected: answers only)");
    assertThat(publisher.statistics().get(BusCount.SKIPPED_MESSAGES)).isEqualTo(1);
  }

  @Test
  void anEmitterSubscribesToItsInboxAlone() {
    assertThat(end.subscriptions()).containsExactly(INBOX);
  }

  @Test
  void anEmitterWhoseInboxIsAwayIsDegradedAndSendsAllTheSame() {
    end.lose(Direction.SUBSCRIBE);
    thread.run();
    assertThat(publisher.statistics().state()).isEqualTo(BackendState.DEGRADED);
    assertThat(emit()).isCompleted();

    end.lose(Direction.PUBLISH);
    thread.run();
    assertThat(publisher.statistics().state()).isEqualTo(BackendState.DOWN);

    end.restore(Direction.PUBLISH);
    end.restore(Direction.SUBSCRIBE);
    thread.run();

    assertThat(publisher.statistics().state()).isEqualTo(BackendState.UP);
    assertThat(events).containsExactly("UP", "DEGRADED", "DOWN", "DEGRADED", "UP");
  }

  @Test
  void anInboxWhoseSubscriptionSomebodyRemovesIsSubscribedToAgain() {
    thread.advance(MINUTE);
    assertThat(end.subscriptions()).hasSize(1);

    end.unbindInbox();
    thread.advance(Duration.ofSeconds(20));

    assertThat(end.subscriptions()).containsExactly(INBOX, INBOX);
    assertThat(events).containsExactly("UP", "DEGRADED", "UP");
    CompletableFuture<HostResponses<Integer>> asked = count();
    answer(A, present(A, Set.of()));
    answer(A, found(1));
    assertThat(asked).isDone();
  }

  @Test
  void anInboxThatStaysDeafIsDegradedAndItsConnectionIsReplaced() {
    end.unbindInboxForGood();

    thread.advance(Duration.ofSeconds(40));

    assertThat(end.reconnects())
        .containsExactly("SUBSCRIBE: inbox: own message not heard (expected: it comes back)");
    assertThat(events).containsExactly("UP", "DEGRADED");
    assertThat(publisher.statistics().state()).isEqualTo(BackendState.DEGRADED);
  }

  @Test
  void anInboxThatIsRefusedAtAStartWithKeepTryingIsTriedAgain() {
    FakeWire.End refused = wire.end();
    refused.answerSubscriptions(CompletableFuture.failedFuture(new ManagerException("refused")));
    PubSubSettings settings = PubSubSettings.DEFAULTS.withKeepTrying(true);
    PubSubPublisher trying =
        new PubSubPublisher(
            new BusContext(EMITTER, settings, refused, thread, new Recording(), Runnable::run), 0);
    trying.withReplies();
    trying.start();
    refused.unbindInbox();
    refused.answerSubscriptions(CompletableFuture.completedFuture(null));
    refused.restore(Direction.PUBLISH);
    refused.restore(Direction.SUBSCRIBE);

    thread.advance(Duration.ofSeconds(20));

    assertThat(refused.subscriptions()).containsExactly(INBOX, INBOX);
    assertThat(trying.statistics().state()).isEqualTo(BackendState.UP);
  }

  @Test
  void aProcessThatWasStoppedForAWhileDoesNotTakeItsInboxForDeaf() {
    thread.advance(Duration.ofSeconds(7));
    end.pause();
    thread.advance(Duration.ofSeconds(5));
    thread.stall(MINUTE);
    thread.advance(Duration.ofMillis(600));
    end.resume();
    thread.advance(MINUTE);

    assertThat(end.subscriptions()).containsExactly(INBOX);
  }

  private CompletableFuture<?> emit() {
    CompletableFuture<?> sent =
        inbox
            .perform("/", new Operation.Emit(Recipients.ALL, payload("[1]")), Scope.CLUSTER)
            .toCompletableFuture();
    thread.run();
    return sent;
  }

  @Test
  void whatNobodyReceivesIsReportedOnceAMinute() {
    hosts.kill();
    var unused = emit();
    thread.advance(Duration.ofSeconds(1));
    assertThat(events).contains("unreceived 1");

    for (int i = 0; i < 5; i++) {
      var ignored = emit();
    }
    thread.advance(Duration.ofSeconds(50));
    assertThat(events).doesNotContain("unreceived 5");
    thread.advance(Duration.ofSeconds(10));

    assertThat(events).contains("unreceived 5");
    assertThat(publisher.statistics().get(BusCount.UNRECEIVED)).isEqualTo(6);
  }
}
