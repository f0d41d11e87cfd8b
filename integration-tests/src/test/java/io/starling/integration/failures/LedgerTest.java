package io.starling.integration.failures;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.failures.Ledger.Verdict;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the failure matrix calls green and red. Host a sends ten messages, clients are on host b.
 */
final class LedgerTest {
  private static final long BEGUN = 1_000;
  private final Ledger ledger = new Ledger(BEGUN);

  private Verdict judge(String... sessions) {
    ledger.sent("a-all", 10, BEGUN + 10_000);
    return ledger.judge(
        Arrays.stream(sessions)
            .map(words -> Session.parse(List.of(words.split(" ", -1))))
            .toList());
  }

  @Test
  void everythingOnceAndInOrderIsGreen() {
    Verdict verdict = judge("0 b 900 0 open a-all=0-9");
    assertThat(verdict).isEqualTo(new Verdict(0, 0, 0, 0, 0, 0, List.of()));
    assertThat(verdict.green()).isTrue();
  }

  @Test
  void whatNobodyCountedIsAFault() {
    assertThat(judge("0 b 900 0 open a-all=0-3,5-9").faults())
        .containsExactly("client 0 on b: a-all: 4 is missing, and nobody says so");
  }

  @Test
  void whatItsHostCountedIsMissingAndGreen() {
    ledger.lost("b", List.of("a-all:4"));
    assertThat(judge("0 b 900 0 open a-all=0-3,5-9"))
        .isEqualTo(new Verdict(1, 0, 0, 0, 0, 0, List.of()));
  }

  @Test
  void whatAnotherHostCountedIsAFault() {
    ledger.lost("c", List.of("a-all:4"));
    assertThat(judge("0 b 900 0 open a-all=0-3,5-9").green()).isFalse();
  }

  @Test
  void whatIsCountedAndCameAllTheSameIsAFault() {
    ledger.lost("b", List.of("a-all:4"));
    assertThat(judge("0 b 900 0 open a-all=0-9").faults())
        .containsExactly("client 0 on b: a-all: 4 came, and is counted as lost");
  }

  @Test
  void whatWasNotSentIsMissingOnOtherHostsOnly() {
    ledger.notSent("a-all:9");
    assertThat(judge("0 b 900 0 open a-all=0-8", "1 a 900 0 open a-all=0-9"))
        .isEqualTo(new Verdict(1, 1, 0, 0, 0, 0, List.of()));
  }

  @Test
  void whatComesTwiceIsRed() {
    Verdict verdict = judge("0 b 900 0 open a-all=0-9,9-9");
    assertThat(verdict.twice()).isEqualTo(1);
    assertThat(verdict.green()).isFalse();
  }

  @Test
  void whatComesAfterALaterOneIsRed() {
    Verdict verdict = judge("0 b 900 0 open a-all=0-3,5-9,4-4");
    assertThat(verdict.outOfOrder()).isEqualTo(1);
    assertThat(verdict.green()).isFalse();
  }

  @Test
  void aClientThatCameLaterIsOwedAllFromItsFirstMessageOn() {
    assertThat(judge("0 b 1100 0 open a-all=6-9").green()).isTrue();
    assertThat(judge("0 b 1100 0 open a-all=6-8").green()).isFalse();
  }

  @Test
  void aClientThatCameLaterAndHearsNothingIsAFault() {
    assertThat(judge("0 b 1100 0 open ").faults())
        .containsExactly("client 0 on b: a-all: nothing came");
  }

  @Test
  void aClientThatCameAfterTheLastMessageIsOwedNothing() {
    assertThat(judge("0 b 11100 0 open ").green()).isTrue();
  }

  @Test
  void aConnectionThatEndedIsOwedNothingAfterItsLastMessage() {
    assertThat(judge("0 b 900 1100 ping_timeout a-all=0-6").green()).isTrue();
  }

  @Test
  void aClientThatConnectsAgainMissesWhatWasSentMeanwhile() {
    String before = "0 b 900 1100 ping_timeout a-all=0-3";
    assertThat(judge(before, "0 b 1200 0 open a-all=6-9"))
        .isEqualTo(new Verdict(0, 0, 0, 0, 0, 2, List.of()));
  }

  @Test
  void aClientThatConnectsAgainHearsNothingTwice() {
    String before = "0 b 900 1100 ping_timeout a-all=0-6";
    assertThat(judge(before, "0 b 1200 0 open a-all=6-9").twice()).isEqualTo(1);
  }

  @Test
  void aMessageForAnotherRoomIsAFault() {
    assertThat(judge("0 b 900 0 open a-all=0-9;a-room1=0-0").faults())
        .containsExactly("client 0 on b: a-room1: is not for it");
  }

  @Test
  void theLastMessagesOfAKilledHostAreUnknownAndItsHolesMustBeCounted() {
    String first = "0 b 900 0 open a-all=0-9;k-all=0-3";
    String other = "1 c 900 0 open a-all=0-9;k-all=0-1,3-5";
    assertThat(judge(first, other).faults())
        .containsExactly("c lacks 1 messages of a killed host and counts 0");

    Ledger counted = new Ledger(BEGUN);
    counted.lostOfKilled("c", 1);
    Verdict verdict =
        counted.judge(
            List.of(
                Session.parse(List.of(first.split(" ", -1))),
                Session.parse(List.of(other.split(" ", -1)))));
    assertThat(verdict).isEqualTo(new Verdict(1, 0, 0, 0, 2, 0, List.of()));
  }
}
