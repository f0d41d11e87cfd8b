package io.starling.manager.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.AckResponses;
import io.starling.manager.HostId;
import io.starling.manager.HostResponses;
import io.starling.manager.MissingHost;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.Operation;
import io.starling.manager.Question;
import io.starling.manager.Recipients;
import io.starling.manager.RemoteSocket;
import io.starling.manager.SocketId;
import io.starling.manager.local.Answer.Acked;
import io.starling.manager.local.Answer.Asked;
import io.starling.manager.local.Answer.Found;
import io.starling.manager.local.Answer.Refused;
import io.starling.manager.local.Answer.Replied;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class GatheringTest {
  private static final HostId A = new HostId("a");
  private static final HostId B = new HostId("b");
  private static final SocketId S = new SocketId("s");
  private static final EventPayload PAYLOAD =
      new EventPayload(ByteBuffer.wrap(new byte[] {'[', ']'}), List.of());

  private final Gathering<HostResponses<List<RemoteSocket<EventPayload>>>> fetch =
      new Gathering<>(new Question.FetchSockets(Recipients.ALL, Set.of()));
  private final Gathering<AckResponses<EventPayload>> acks =
      new Gathering<>(new Question.EmitWithAck(new Operation.Emit(Recipients.ALL, PAYLOAD)));
  private final Gathering<HostResponses<EventPayload>> replies =
      new Gathering<>(new Question.ServerEventWithReply(new Operation.ServerEvent(A, PAYLOAD)));
  private final Gathering<Optional<HostId>> search = new Gathering<>(new Question.Find(S));

  private static <T> CompletableFuture<T> result(Gathering<T> gathering) {
    return gathering.result().toCompletableFuture();
  }

  private static RemoteSocket<EventPayload> socket(HostId host, String id) {
    return new RemoteSocket<>(new SocketId(id), host, Set.of(), null);
  }

  private static Found part(HostId host, String id, int part, int parts) {
    return new Found(parts, part, parts, List.of(socket(host, id)));
  }

  @Test
  void itIsCompleteWhenEveryHostHasSaidAllItsParts() {
    fetch.expect(Set.of(A, B), true);
    fetch.answered(A, part(A, "1", 0, 2));
    fetch.answered(B, part(B, "x", 0, 1));
    assertThat(result(fetch)).isNotDone();
    fetch.answered(A, part(A, "2", 1, 2));

    assertThat(result(fetch))
        .isCompletedWithValue(
            new HostResponses<>(
                Map.of(A, List.of(socket(A, "1"), socket(A, "2")), B, List.of(socket(B, "x"))),
                Map.of()));
  }

  @Test
  void aPartThatComesTwiceCountsOnce() {
    fetch.expect(Set.of(A), true);
    fetch.answered(A, part(A, "1", 0, 2));
    fetch.answered(A, part(A, "1", 0, 2));
    assertThat(result(fetch)).isNotDone();
    fetch.answered(A, part(A, "2", 1, 2));

    assertThat(result(fetch))
        .isCompletedWithValue(
            new HostResponses<>(Map.of(A, List.of(socket(A, "1"), socket(A, "2"))), Map.of()));
  }

  @Test
  void itWaitsUntilItIsKnownWhoElseIsExpected() {
    fetch.expect(Set.of(A), false);
    fetch.answered(A, part(A, "1", 0, 1));
    assertThat(result(fetch)).isNotDone();

    fetch.expect(Set.of(A), true);

    assertThat(result(fetch)).isCompleted();
  }

  @Test
  void whatCameOfAnAnswerInPartsIsLeftOutWhenTimeIsUp() {
    fetch.expect(Set.of(A, B), true);
    fetch.answered(A, part(A, "1", 0, 3));
    fetch.answered(A, part(A, "2", 1, 3));
    fetch.expire();

    assertThat(result(fetch))
        .isCompletedWithValue(
            new HostResponses<>(
                Map.of(),
                Map.of(
                    A,
                    new MissingHost(Reason.INCOMPLETE, 2, 3),
                    B,
                    new MissingHost(Reason.TIMED_OUT, 0, 0))));
  }

  @Test
  void aSocketIsFoundThoughOtherPartsOfItsHostHaveNotCome() {
    search.expect(Set.of(A, B), true);
    search.answered(A, part(A, "other", 0, 3));
    assertThat(result(search)).isNotDone();
    search.answered(A, part(A, "s", 1, 3));

    assertThat(result(search)).isCompletedWithValue(Optional.of(A));
  }

  @Test
  void aSocketIsFoundBeforeItIsKnownWhoElseIsExpected() {
    search.answered(A, part(A, "s", 0, 1));

    assertThat(result(search)).isCompletedWithValue(Optional.of(A));
  }

  @Test
  void aSocketThatNoHostHasIsNowhereUnlessAHostCouldNotBeAsked() {
    search.expect(Set.of(A, B), true);
    search.answered(A, new Found(0, 0, 1, List.of()));
    search.left(B);
    assertThat(result(search)).isCompletedWithValue(Optional.empty());

    Gathering<Optional<HostId>> cutOff = new Gathering<>(new Question.Find(S));
    cutOff.expect(Set.of(A, B), true);
    cutOff.answered(A, new Found(0, 0, 1, List.of()));
    cutOff.unreachable(A);
    assertThat(result(cutOff)).isCompletedExceptionally();
  }

  @Test
  void aHostThatLeavesAfterItsAnswerIsNotMissing() {
    fetch.expect(Set.of(A, B), true);
    fetch.answered(A, part(A, "1", 0, 1));
    fetch.left(A);
    fetch.left(B);

    assertThat(result(fetch))
        .isCompletedWithValue(
            new HostResponses<>(
                Map.of(A, List.of(socket(A, "1"))), Map.of(B, new MissingHost(Reason.LEFT, 0, 0))));
  }

  @Test
  void aHostThatRefusesCompletesItsPart() {
    replies.expect(Set.of(A, B), true);
    replies.answered(A, new Refused(Reason.NO_HANDLER));
    replies.answered(B, new Replied(PAYLOAD));

    assertThat(result(replies))
        .isCompletedWithValue(
            new HostResponses<>(
                Map.of(B, PAYLOAD), Map.of(A, new MissingHost(Reason.NO_HANDLER, 0, 0))));
  }

  @Test
  void aHostThatCannotAnswerIsMissing() {
    fetch.expect(Set.of(A), true);
    fetch.answered(A, new Found(3, 0, 0, List.of()));

    assertThat(result(fetch).join().missing())
        .isEqualTo(Map.of(A, new MissingHost(Reason.FAILED, 0, 0)));
  }

  @Test
  void anAckThatComesTwiceOrBeforeTheCountOfClientsCountsOnce() {
    acks.expect(Set.of(A), true);
    acks.answered(A, new Acked(S, PAYLOAD));
    acks.answered(A, new Acked(S, PAYLOAD));
    acks.answered(A, new Asked(2));
    assertThat(result(acks)).isNotDone();
    acks.answered(A, new Acked(new SocketId("left"), null));

    assertThat(result(acks))
        .isCompletedWithValue(
            new AckResponses<>(
                Map.of(S, PAYLOAD),
                Map.of(A, new MissingHost(Reason.INCOMPLETE, 1, 2)),
                Map.of(S, A)));
  }

  @Test
  void aHostThatWasCutOffCountsItsOwnAcksAndNamesTheOthersByWhatCameFromThem() {
    acks.expect(Set.of(A, B), true);
    acks.answered(B, new Asked(2));
    acks.answered(B, new Acked(S, PAYLOAD));
    acks.unreachable(A);

    assertThat(result(acks)).as("the own clients are still asked").isNotDone();
    acks.answered(A, new Asked(0));

    assertThat(result(acks).join().missing())
        .isEqualTo(Map.of(B, new MissingHost(Reason.INCOMPLETE, 1, 2)));
  }

  @Test
  void aHostThatWasCutOffAndKnowsNobodyIsListedWithItsOwnAcks() {
    acks.expect(Set.of(A), false);
    acks.answered(A, new Asked(1));
    acks.answered(A, new Acked(S, PAYLOAD));
    acks.unreachable(A);

    assertThat(result(acks).join().missing())
        .isEqualTo(Map.of(A, new MissingHost(Reason.UNREACHABLE, 1, 1)));
  }

  @Test
  void anAnswerToAnotherKindOfQuestionHasNoEffect() {
    fetch.expect(Set.of(A), true);
    fetch.answered(A, new Asked(0));
    fetch.answered(A, new Replied(PAYLOAD));
    acks.expect(Set.of(A), true);
    acks.answered(A, part(A, "1", 0, 1));

    assertThat(result(fetch)).isNotDone();
    assertThat(result(acks)).isNotDone();
  }

  @Test
  void partsThatAnswersOnlyClaimToHaveCostNothing() {
    fetch.expect(Set.of(A), true);
    long before = allocatedBytes();
    fetch.answered(A, part(A, "last", Integer.MAX_VALUE - 1, Integer.MAX_VALUE));

    assertThat(allocatedBytes() - before).isLessThan(1 << 20);
  }

  private static long allocatedBytes() {
    return ((com.sun.management.ThreadMXBean)
            java.lang.management.ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }
}
