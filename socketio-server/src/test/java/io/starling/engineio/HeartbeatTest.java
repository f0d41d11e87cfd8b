package io.starling.engineio;

import static io.starling.engineio.EngineFixture.INTERVAL;
import static io.starling.engineio.EngineFixture.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
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
  void oneTimerRunsPerSessionAndNoneAfterItsEnd() {
    assertThat(engine.loop.timers()).isEqualTo(1);
    engine.loop.advance(INTERVAL);
    transport.receive("3");
    assertThat(engine.loop.timers()).isEqualTo(1);

    transport.receive("1");
    assertThat(engine.loop.timers()).isZero();
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
}
