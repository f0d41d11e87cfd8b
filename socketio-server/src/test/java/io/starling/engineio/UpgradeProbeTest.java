package io.starling.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UpgradeProbeTest {
  private static final Duration TICK = Duration.ofMillis(100);

  private final EngineFixture engine =
      new EngineFixture(EngineFixture.impatient().upgradeTimeout(Duration.ofMillis(150)));
  private final FakeTransport polling = new FakeTransport(TransportKind.POLLING);
  private final FakeTransport webSocket = new FakeTransport(TransportKind.WEBSOCKET);
  private final EngineIoSession session = engine.open(polling);

  @BeforeEach
  void connect() {
    session.probe(webSocket);
  }

  @Test
  void answersTheProbe() {
    webSocket.receive("2probe");

    assertThat(webSocket.last()).containsExactly("3probe");
  }

  @Test
  void answersPendingPollsUntilTheUpgrade() {
    webSocket.receive("2probe");
    polling.poll();
    engine.loop.advance(TICK);

    assertThat(polling.last()).containsExactly("6");
  }

  @Test
  void answersNoPollBeforeTheProbe() {
    polling.poll();
    engine.loop.advance(TICK);

    assertThat(polling.flushes).hasSize(1);
  }

  @Test
  void messagesGoOverPollingUntilTheUpgrade() {
    webSocket.receive("2probe");
    polling.poll();
    engine.send(session, "a");

    assertThat(polling.last()).containsExactly("4a");
  }

  @Test
  void theUpgradeIsToldOnceItIsDone() {
    webSocket.receive("2probe");
    assertThat(engine.listener.upgraded).isZero();
    webSocket.receive("5");

    assertThat(engine.listener.upgraded).isEqualTo(1);
  }

  @Test
  void theUpgradeBringsWhatWaitedAndNothingIsLost() {
    webSocket.receive("2probe");
    engine.send(session, "a");
    webSocket.receive("5");
    engine.send(session, "b");

    assertThat(webSocket.flushes.subList(1, 3)).containsExactly(List.of("4a"), List.of("4b"));
    assertThat(polling.discarded).isTrue();
    assertThat(session.transport()).isSameAs(webSocket);
  }

  @Test
  void messagesArriveOverTheNewTransport() {
    webSocket.receive("2probe");
    webSocket.receive("5");
    webSocket.receive("4hello");

    assertThat(engine.listener.messages).containsExactly("hello");
  }

  @Test
  void aTrialThatTakesTooLongEndsAndPollingGoesOn() {
    webSocket.receive("2probe");
    engine.loop.advance(Duration.ofMillis(150));

    assertThat(webSocket.closed).isNotNull();
    assertThat(engine.listener.closed).isEmpty();
    polling.poll();
    engine.send(session, "a");
    assertThat(polling.last()).containsExactly("4a");
  }

  @Test
  void anyOtherPacketEndsTheTrial() {
    webSocket.receive("4hello");

    assertThat(webSocket.closed).isNotNull();
    assertThat(engine.listener.messages).isEmpty();
    assertThat(engine.listener.closed).isEmpty();
  }

  @Test
  void anUpgradeWithoutAProbeEndsTheTrial() {
    webSocket.receive("5");

    assertThat(webSocket.closed).isNotNull();
    assertThat(session.transport()).isSameAs(polling);
  }

  @Test
  void aSecondWebSocketIsClosedWhileTheFirstIsTried() {
    FakeTransport second = new FakeTransport(TransportKind.WEBSOCKET);
    session.probe(second);

    assertThat(second.closed).isNotNull();
    assertThat(webSocket.closed).isNull();
  }

  @Test
  void aSecondWebSocketIsClosedAfterTheUpgrade() {
    webSocket.receive("2probe");
    webSocket.receive("5");
    FakeTransport second = new FakeTransport(TransportKind.WEBSOCKET);
    session.probe(second);

    assertThat(second.closed).isNotNull();
    assertThat(webSocket.closed).isNull();
  }

  @Test
  void anotherTrialMayFollowAFailedOne() {
    webSocket.receive("4hello");
    FakeTransport second = new FakeTransport(TransportKind.WEBSOCKET);
    session.probe(second);
    second.receive("2probe");
    second.receive("5");

    assertThat(session.transport()).isSameAs(second);
  }

  @Test
  void theEndOfTheSessionEndsTheTrial() {
    webSocket.receive("2probe");
    polling.receive("1");

    assertThat(webSocket.closed).isNotNull();
    assertThat(engine.loop.timers()).isZero();
  }

  @Test
  void anEndByTheApplicationWaitsForTheUpgrade() {
    webSocket.receive("2probe");
    engine.queue(session, "last", false);
    end();
    assertThat(engine.listener.closed).containsExactly(CloseReason.FORCED_SERVER_CLOSE);
    assertThat(webSocket.closed).isNull();

    webSocket.receive("5");
    assertThat(webSocket.last()).containsExactly("4last");
    assertThat(webSocket.closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
    assertThat(polling.discarded).isTrue();
    assertThat(engine.listener.upgraded).isZero();
    assertThat(engine.server.sessionCount()).isZero();
    engine.loop.advance(Duration.ofSeconds(1));
    assertThat(engine.loop.timers()).isZero();
  }

  @Test
  void pollsAreAnsweredWhileTheEndWaitsForTheUpgrade() {
    webSocket.receive("2probe");
    engine.queue(session, "last", false);
    end();
    polling.poll();
    assertThat(polling.last()).containsExactly("4last");
    polling.poll();
    engine.loop.advance(TICK);

    assertThat(polling.last()).containsExactly("6");
    assertThat(polling.closed).isNull();
  }

  @Test
  void anEndByTheApplicationWaitsForTheUpgradeTimeoutAtMost() {
    webSocket.receive("2probe");
    end();
    engine.loop.advance(Duration.ofMillis(150));
    assertThat(webSocket.closed).isNotNull();
    assertThat(polling.closed).isNull();

    polling.poll();
    assertThat(polling.closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
    assertThat(engine.listener.closed).hasSize(1);
  }

  @Test
  void aPollThatIsPendingWhenTheTrialFailsIsToldOfTheEnd() {
    end();
    polling.poll();
    webSocket.receive("4hello");

    assertThat(polling.closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
    assertThat(engine.server.sessionCount()).isZero();
  }

  @Test
  void whatTheClientSendsWhileTheEndWaitsIsIgnored() {
    webSocket.receive("2probe");
    end();
    polling.receive("4ignored");
    webSocket.receive("5");

    assertThat(engine.listener.messages).isEmpty();
    assertThat(engine.listener.closed).containsExactly(CloseReason.FORCED_SERVER_CLOSE);
  }

  @Test
  void aClientThatLeavesWhileTheEndWaitsEndsTheTrial() {
    webSocket.receive("2probe");
    end();
    polling.receive("1");

    assertThat(webSocket.closed).isNotNull();
    assertThat(engine.server.sessionCount()).isZero();
    assertThat(engine.loop.timers()).isZero();
  }

  @Test
  void anEndForAnotherReasonEndsTheTrialAtOnce() {
    webSocket.receive("2probe");
    session.close(CloseReason.FORCED_CLOSE);
    engine.loop.runTurn();

    assertThat(webSocket.closed).isEqualTo(CloseReason.FORCED_CLOSE);
  }

  private void end() {
    session.close(CloseReason.FORCED_SERVER_CLOSE);
    engine.loop.runTurn();
  }
}
