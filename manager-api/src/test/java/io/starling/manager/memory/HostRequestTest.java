package io.starling.manager.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.HostId;
import io.starling.manager.HostResponses;
import io.starling.manager.MissingHost;
import io.starling.manager.MissingHost.Reason;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class HostRequestTest {
  private static final HostId A = new HostId("a");
  private static final HostId B = new HostId("b");

  private final HostRequest<String> request =
      new HostRequest<>(String::concat, answer -> answer.equals("enough"));
  private final CompletableFuture<HostResponses<String>> result =
      request.result().toCompletableFuture();

  @Test
  void itIsCompleteWhenEveryHostHasSaidAllItsParts() {
    request.expect(Set.of(A, B), true);
    request.answered(A, "1", 0, 2);
    request.answered(B, "x", 0, 1);
    assertThat(result).isNotDone();
    request.answered(A, "2", 1, 2);

    assertThat(result).isCompletedWithValue(new HostResponses<>(Map.of(A, "12", B, "x"), Map.of()));
  }

  @Test
  void aPartThatComesTwiceCountsOnce() {
    request.expect(Set.of(A), true);
    request.answered(A, "1", 0, 2);
    request.answered(A, "1", 0, 2);
    assertThat(result).isNotDone();
    request.answered(A, "2", 1, 2);

    assertThat(result).isCompletedWithValue(new HostResponses<>(Map.of(A, "12"), Map.of()));
  }

  @Test
  void itWaitsUntilItIsKnownWhoElseIsExpected() {
    request.expect(Set.of(A), false);
    request.answered(A, "1", 0, 1);
    assertThat(result).isNotDone();

    request.expect(Set.of(A), true);

    assertThat(result).isCompleted();
  }

  @Test
  void whatCameOfAnAnswerInPartsIsLeftOutWhenTimeIsUp() {
    request.expect(Set.of(A, B), true);
    request.answered(A, "1", 0, 3);
    request.answered(A, "2", 1, 3);
    request.expire();

    assertThat(result)
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
  void aPartThatIsEnoughIsInTheResultThoughOtherPartsOfItsHostHaveNotCome() {
    request.expect(Set.of(A, B), true);
    request.answered(A, "enough", 1, 3);

    assertThat(result).isCompletedWithValue(new HostResponses<>(Map.of(A, "enough"), Map.of()));
  }

  @Test
  void aHostThatLeavesAfterItsAnswerIsNotMissing() {
    request.expect(Set.of(A, B), true);
    request.answered(A, "1", 0, 1);
    request.left(A);
    request.left(B);

    assertThat(result)
        .isCompletedWithValue(
            new HostResponses<>(Map.of(A, "1"), Map.of(B, new MissingHost(Reason.LEFT, 0, 0))));
  }

  @Test
  void aHostThatRefusesCompletesItsPart() {
    request.expect(Set.of(A), true);
    request.refused(A, Reason.NO_HANDLER);

    assertThat(result.join().missing())
        .isEqualTo(Map.of(A, new MissingHost(Reason.NO_HANDLER, 0, 0)));
  }

  @Test
  void oneAnswerMayBeEnoughAndThenNobodyIsMissing() {
    request.answered(A, "enough", 0, 1);

    assertThat(result).isCompletedWithValue(new HostResponses<>(Map.of(A, "enough"), Map.of()));
  }

  @Test
  void partsThatAnswersOnlyClaimToHaveCostNothing() {
    request.expect(Set.of(A), true);
    long before = allocatedBytes();
    request.answered(A, "last", Integer.MAX_VALUE - 1, Integer.MAX_VALUE);

    assertThat(allocatedBytes() - before).isLessThan(1 << 20);
  }

  private static long allocatedBytes() {
    return ((com.sun.management.ThreadMXBean)
            java.lang.management.ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }
}
