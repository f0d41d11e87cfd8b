package io.starling.engineio;

import static io.starling.engineio.EngineFixture.INTERVAL;
import static io.starling.engineio.EngineFixture.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
  private static final Duration NANO = Duration.ofNanos(1);

  private final EngineFixture engine = new EngineFixture();
  private final FakeTransport transport = new FakeTransport(TransportKind.WEBSOCKET);
  private final EngineIoSession session = engine.open(transport);

  @Test
  void pingsAfterTheIntervalAndNotBefore() {
    engine.loop.advance(INTERVAL.minus(NANO));
    assertThat(transport.last()).doesNotContain("2");

    engine.loop.advance(NANO);
    assertThat(transport.last()).containsExactly("2");
  }

  @Test
  void endsASilentClientAtExactlyIntervalPlusTimeout() {
    engine.loop.advance(INTERVAL.plus(TIMEOUT).minus(NANO));
    assertThat(engine.listener.closed).isEmpty();

    engine.loop.advance(NANO);
    assertThat(engine.listener.closed).containsExactly(CloseReason.PING_TIMEOUT);
  }

  @Test
  void aPongStartsTheNextInterval() {
    engine.loop.advance(INTERVAL.plus(Duration.ofMillis(50)));
    transport.receive("3");
    engine.loop.advance(INTERVAL.minus(NANO));
    assertThat(transport.flushes).hasSize(2);

    engine.loop.advance(NANO);
    assertThat(transport.flushes).hasSize(3).last().isEqualTo(List.of("2"));
    assertThat(engine.listener.closed).isEmpty();
  }

  @Test
  void anotherPacketPutsTheTimeoutOffOncePerPing() {
    engine.loop.advance(INTERVAL.plus(Duration.ofMillis(150)));
    transport.receive("4a");
    engine.loop.advance(Duration.ofMillis(150));
    transport.receive("4b");
    engine.loop.advance(Duration.ofMillis(50).minus(NANO));
    assertThat(engine.listener.closed).isEmpty();

    engine.loop.advance(NANO);
    assertThat(engine.listener.closed).containsExactly(CloseReason.PING_TIMEOUT);
  }

  @Test
  void eachPingAllowsOnePuttingOff() {
    engine.loop.advance(INTERVAL);
    transport.receive("4a");
    transport.receive("3");
    engine.loop.advance(INTERVAL.plus(Duration.ofMillis(150)));
    transport.receive("4b");
    engine.loop.advance(Duration.ofMillis(199));

    assertThat(engine.listener.closed).isEmpty();
  }

  @Test
  void aPacketWhileNoAnswerIsDueChangesNothing() {
    engine.loop.advance(Duration.ofMillis(200));
    transport.receive("4a");
    engine.loop.advance(Duration.ofMillis(100));

    assertThat(transport.last()).containsExactly("2");
  }

  @Test
  void aLoopThatStoodStillDoesNotCostTheClientItsTime() {
    engine.loop.stall(Duration.ofSeconds(5));
    engine.loop.advance(Duration.ZERO);
    engine.loop.advance(TIMEOUT.minus(NANO));

    assertThat(engine.listener.closed).isEmpty();
  }

  @Test
  void theUsualLatenessOfATimerDoesNotAddUp() {
    engine.loop.stall(INTERVAL.plus(Duration.ofMillis(2)));
    engine.loop.advance(Duration.ZERO);
    engine.loop.advance(TIMEOUT.minus(Duration.ofMillis(2)));

    assertThat(engine.listener.closed).containsExactly(CloseReason.PING_TIMEOUT);
  }

  @Test
  void aPingThatIsLateLeavesTheDeadlineWhereItWas() {
    engine.loop.stall(INTERVAL.plus(TIMEOUT.dividedBy(2)).minus(NANO));
    engine.loop.advance(Duration.ZERO);
    engine.loop.stall(TIMEOUT.dividedBy(2).plus(NANO));
    session.endIfOverdue();

    assertThat(engine.listener.closed).containsExactly(CloseReason.PING_TIMEOUT);
  }

  @Test
  void anOverdueClientIsEndedByItsNextRequestThoughTheTimerIsLate() {
    engine.loop.advance(INTERVAL);
    engine.loop.stall(TIMEOUT);
    session.endIfOverdue();

    assertThat(engine.listener.closed).containsExactly(CloseReason.PING_TIMEOUT);
  }

  @Test
  void oneTimerRunsForAllSessionsThatWaitForTheirPingAndNoneAfterTheirEnd() {
    FakeTransport other = new FakeTransport(TransportKind.WEBSOCKET);
    engine.open(other);
    assertThat(engine.loop.timers()).isEqualTo(1);
    engine.loop.advance(INTERVAL);
    transport.receive("3");
    other.receive("3");
    assertThat(engine.loop.timers()).isEqualTo(1);

    transport.receive("1");
    other.receive("1");
    assertThat(engine.loop.timers()).isZero();
  }

  @Test
  void sessionsThatWaitTogetherHaveTheirOwnTimes() {
    FakeTransport second = new FakeTransport(TransportKind.WEBSOCKET);
    FakeTransport third = new FakeTransport(TransportKind.WEBSOCKET);
    engine.loop.advance(INTERVAL.dividedBy(3));
    engine.open(second);
    engine.loop.advance(INTERVAL.dividedBy(3));
    engine.open(third);
    second.receive("1");

    engine.loop.advance(INTERVAL.minus(INTERVAL.dividedBy(3).multipliedBy(2)));
    assertThat(transport.last()).containsExactly("2");
    assertThat(third.last()).doesNotContain("2");
    engine.loop.advance(INTERVAL.dividedBy(3).multipliedBy(2));
    assertThat(third.last()).containsExactly("2");
    assertThat(second.flushes).noneMatch(flush -> flush.contains("2"));
  }

  @Test
  void aSessionWhoseAnswerIsDueEarlierThanAnothersIsEndedEarlier() {
    FakeTransport second = new FakeTransport(TransportKind.WEBSOCKET);
    engine.loop.advance(Duration.ofMillis(10));
    engine.open(second);
    engine.loop.advance(INTERVAL.minusMillis(10));
    engine.loop.stall(Duration.ofMillis(20));
    transport.receive("4a");
    engine.loop.advance(Duration.ZERO);
    engine.loop.advance(TIMEOUT.minusMillis(10).minus(NANO));
    assertThat(engine.listener.closed).isEmpty();

    engine.loop.advance(NANO);
    assertThat(second.closed).isEqualTo(CloseReason.PING_TIMEOUT);
    assertThat(transport.closed).isNull();
  }

  @Test
  void afterAStallSomeHaveTheirWholeTimeAndOthersWhatIsLeftOfIt() {
    FakeTransport second = new FakeTransport(TransportKind.WEBSOCKET);
    engine.loop.advance(Duration.ofMillis(100));
    engine.open(second);
    engine.loop.stall(INTERVAL.plusMillis(50));
    engine.loop.advance(Duration.ZERO);
    engine.loop.advance(TIMEOUT.minusMillis(50).minus(NANO));
    assertThat(engine.listener.closed).isEmpty();

    engine.loop.advance(NANO);
    assertThat(second.closed).isEqualTo(CloseReason.PING_TIMEOUT);
    assertThat(transport.closed).isNull();
    engine.loop.advance(Duration.ofMillis(50));
    assertThat(transport.closed).isEqualTo(CloseReason.PING_TIMEOUT);
  }

  @Test
  void aTransportThatFailsCostsNoOtherSessionItsPing() {
    FakeTransport second = new FakeTransport(TransportKind.WEBSOCKET);
    engine.open(second);
    transport.ready = true;
    transport.failure = new IllegalStateException("broken");

    assertThatThrownBy(() -> engine.loop.advance(INTERVAL)).hasMessage("broken");
    engine.loop.advance(Duration.ZERO);
    assertThat(second.last()).containsExactly("2");
  }

  @Test
  void manySessionsThatAreDueAtOnceLeaveTheLoopTimeForOtherThings() {
    List<FakeTransport> many =
        IntStream.range(0, 200)
            .mapToObj(i -> new FakeTransport(TransportKind.WEBSOCKET))
            .peek(engine::open)
            .toList();
    List<Long> pinged = new ArrayList<>();
    engine.loop.stall(INTERVAL);
    engine.loop.execute(
        () -> pinged.add(many.stream().filter(one -> one.last().contains("2")).count()));
    engine.loop.advance(Duration.ZERO);

    assertThat(pinged).singleElement(InstanceOfAssertFactories.LONG).isBetween(1L, 100L);
    assertThat(many).allMatch(one -> one.last().contains("2"));
  }

  @Test
  void aPingBetweenTwoPollsWaitsForTheNext() {
    FakeTransport polling = new FakeTransport(TransportKind.POLLING);
    engine.open(polling);
    engine.loop.advance(INTERVAL);
    assertThat(polling.flushes).hasSize(1);

    polling.poll();
    engine.loop.runTurn();
    assertThat(polling.last()).containsExactly("2");
  }

  @Test
  void aClientThatIsNotReadFromIsPingedAndNoAnswerIsOverdue() {
    session.read(false);
    engine.loop.advance(INTERVAL.multipliedBy(10));

    assertThat(transport.flushes).hasSize(11).last().isEqualTo(List.of("2"));
    assertThat(engine.listener.closed).isEmpty();
  }

  @Test
  void anAnswerThatIsOwedHasAllOfItsTimeWhenReadingGoesOn() {
    engine.loop.advance(INTERVAL.plus(TIMEOUT).minus(NANO));
    session.read(false);
    engine.loop.advance(Duration.ofSeconds(10));
    session.read(true);
    engine.loop.advance(TIMEOUT.minus(NANO));
    assertThat(engine.listener.closed).isEmpty();

    engine.loop.advance(NANO);
    assertThat(engine.listener.closed).containsExactly(CloseReason.PING_TIMEOUT);
  }

  @Test
  void pingsGoOutEachIntervalHoweverOftenReadingStopsAndGoesOn() {
    for (int i = 0; i < 40; i++) {
      session.read(i % 2 == 1);
      engine.loop.advance(INTERVAL.dividedBy(4));
    }

    assertThat(transport.flushes).hasSize(11).last().isEqualTo(List.of("2"));
    assertThat(engine.listener.closed).isEmpty();
  }

  @Test
  void anAnswerThatIsOwedHasAllOfItsTimeEachTimeReadingGoesOn() {
    engine.loop.advance(INTERVAL);
    for (int i = 0; i < 10; i++) {
      session.read(false);
      session.read(true);
      engine.loop.advance(TIMEOUT.minus(NANO));
    }
    assertThat(engine.listener.closed).isEmpty();

    engine.loop.advance(NANO);
    assertThat(engine.listener.closed).containsExactly(CloseReason.PING_TIMEOUT);
  }

  @Test
  void anAnswerToAnEarlierPingDoesNotPutTheNextPingOff() {
    session.read(false);
    engine.loop.advance(INTERVAL.multipliedBy(3).minus(NANO));
    session.read(true);
    transport.receive("3");
    transport.receive("3");
    assertThat(transport.flushes).hasSize(3);

    engine.loop.advance(NANO);
    assertThat(transport.flushes).hasSize(4).last().isEqualTo(List.of("2"));
  }

  @Test
  void aClientThatAnsweredAfterReadingStoppedIsGivenUpWhenItAnswersNoMore() {
    session.read(false);
    engine.loop.advance(INTERVAL);
    session.read(true);
    transport.receive("3");
    engine.loop.advance(INTERVAL.plus(TIMEOUT).minus(NANO));
    assertThat(engine.listener.closed).isEmpty();

    engine.loop.advance(NANO);
    assertThat(engine.listener.closed).containsExactly(CloseReason.PING_TIMEOUT);
    assertThat(engine.loop.timers()).isZero();
  }

  @Test
  void nothingIsOwedIfNoPingLeftWhileReadingWasStopped() {
    session.read(false);
    engine.loop.advance(INTERVAL.dividedBy(2));
    session.read(true);
    engine.loop.advance(INTERVAL.dividedBy(2).plus(TIMEOUT).minus(NANO));

    assertThat(engine.listener.closed).isEmpty();
    assertThat(transport.last()).containsExactly("2");
  }

  @Test
  void aPongThatWasReadBeforeSettlesWhatIsOwed() {
    engine.loop.advance(INTERVAL);
    session.read(false);
    transport.receive("3");
    session.read(true);
    engine.loop.advance(INTERVAL.minus(NANO));

    assertThat(engine.listener.closed).isEmpty();
    assertThat(transport.flushes).hasSize(2);
  }

  @Test
  void anUpgradedTransportIsNotReadFromEither() {
    FakeTransport polling = new FakeTransport(TransportKind.POLLING);
    FakeTransport upgraded = new FakeTransport(TransportKind.WEBSOCKET);
    EngineIoSession upgrading = engine.open(polling);
    upgrading.read(false);
    upgrading.probe(upgraded);
    upgraded.receive("2probe");
    upgraded.receive("5");
    assertThat(upgraded.reading).isFalse();

    upgrading.read(true);
    assertThat(upgraded.reading).isTrue();
  }
}
