package io.starling.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.socketio.SocketIoServerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlowConsumerTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration CHECK = Duration.ofSeconds(1);

  private final EngineFixture engine =
      new EngineFixture(
          SocketIoServerConfig.builder()
              .pingInterval(Duration.ofHours(1))
              .pingTimeout(Duration.ofHours(1))
              .maxQueuedBytes(100)
              .maxQueuedBytesTotal(10_000));
  private final FakeTransport webSocket = new FakeTransport(TransportKind.WEBSOCKET);
  private final FakeTransport polling = new FakeTransport(TransportKind.POLLING);

  @Test
  void aClientThatHasTakenNothingForTheTimeoutIsGivenUp() {
    stalled(200);
    engine.loop.advance(TIMEOUT);
    assertThat(engine.listener.closed).isEmpty();

    engine.loop.advance(CHECK.multipliedBy(2));
    assertThat(engine.listener.closed).containsExactly(CloseReason.SLOW_CONSUMER);
    assertThat(engine.listener.dropped).isEqualTo(1);
    assertThat(webSocket.closed).isEqualTo(CloseReason.SLOW_CONSUMER);
    assertThat(engine.server.queuedBytes()).isZero();
  }

  @Test
  void aClientForWhomLittleWaitsIsNotGivenUp() {
    stalled(50);
    engine.loop.advance(TIMEOUT.multipliedBy(10));

    assertThat(engine.listener.closed).isEmpty();
  }

  @Test
  void aClientThatTakesAByteWithinEachTimeoutIsNotGivenUp() {
    stalled(5000);
    for (int i = 0; i < 20; i++) {
      engine.loop.advance(TIMEOUT.minus(CHECK));
      webSocket.progress++;
    }

    assertThat(engine.listener.closed).isEmpty();
  }

  @Test
  void aPollingClientThatPollsIsNotGivenUpHoweverMuchCame() {
    EngineIoSession session = engine.open(polling);
    for (int i = 0; i < 20; i++) {
      engine.send(session, "x".repeat(3000));
      engine.loop.advance(TIMEOUT.minus(CHECK));
      polling.poll();
      engine.loop.runTurn();
      assertThat(polling.last().get(0)).hasSize(3001);
    }

    assertThat(engine.listener.closed).isEmpty();
  }

  @Test
  void aPollingClientThatDoesNotPollIsGivenUp() {
    EngineIoSession session = engine.open(polling);
    engine.send(session, "x".repeat(60));
    engine.send(session, "x".repeat(60));
    engine.loop.advance(TIMEOUT.plus(CHECK.multipliedBy(2)));

    assertThat(engine.listener.closed).containsExactly(CloseReason.SLOW_CONSUMER);
  }

  @Test
  void whatWaitedLeavesInOrderWhenTheClientTakesBytes() {
    EngineIoSession session = engine.open(webSocket);
    webSocket.writable = false;
    engine.send(session, "a");
    engine.send(session, "b");
    assertThat(webSocket.flushes).hasSize(1);
    webSocket.take();
    engine.send(session, "c");

    assertThat(webSocket.flushes.subList(1, 3)).containsExactly(List.of("4a", "4b"), List.of("4c"));
    assertThat(session.queuedBytes()).isZero();
    assertThat(engine.server.queuedBytes()).isZero();
  }

  @Test
  void aPingDoesNotWaitBehindMessages() {
    EngineFixture impatient = new EngineFixture();
    EngineIoSession session = impatient.open(webSocket);
    webSocket.writable = false;
    impatient.send(session, "a");
    impatient.loop.advance(EngineFixture.INTERVAL);

    assertThat(webSocket.last()).containsExactly("2");
  }

  @Test
  void aMessageThatManyWaitForCountsOnce() {
    List<FakeTransport> transports = stalledMany(100);
    broadcast("x".repeat(5000));

    assertThat(engine.server.queuedBytes())
        .isBetween(5000L, 5000L + Delivery.HELD_BYTES + 100 * 16);
    transports.forEach(FakeTransport::take);
    assertThat(engine.server.queuedBytes()).isZero();
  }

  @Test
  void aMessageToEachCountsForEach() {
    stalledMany(3);
    engine.listener.opened.forEach(session -> engine.send(session, "x".repeat(3000)));

    assertThat(engine.server.queuedBytes())
        .isBetween(9000L, 9000L + 3 * (Delivery.HELD_BYTES + 16));
    assertThat(engine.listener.closed).isEmpty();
  }

  @Test
  void aboveTheBoundOfAllThoseWhoseBytesWaitLongestAreGivenUpUntilItFits() {
    List<FakeTransport> transports = stalledMany(4);
    for (EngineIoSession session : engine.listener.opened) {
      engine.send(session, "x".repeat(3000));
      engine.loop.advance(Duration.ofMillis(10));
    }

    assertThat(engine.listener.closed).containsExactly(CloseReason.SLOW_CONSUMER);
    assertThat(transports.get(0).closed).isEqualTo(CloseReason.SLOW_CONSUMER);
    assertThat(engine.server.queuedBytes())
        .isBetween(9000L, 9000L + 3 * (Delivery.HELD_BYTES + 16));
  }

  @Test
  void whileTheOldestOfOneLoopIsGivenUpThoseOfAnotherAreNot() {
    FakeLoop other = new FakeLoop();
    FakeTransport newer = new FakeTransport(TransportKind.WEBSOCKET);
    EngineIoSession session =
        engine.server.open(EngineFixture.request("EIO", "4"), other, id -> newer);
    newer.writable = false;
    webSocket.whenReleased =
        () -> {
          engine.queue(session, "x", false);
          other.runTurn();
        };
    stalled(9000);
    other.advance(Duration.ofMillis(10));
    engine.queue(session, "x".repeat(2000), false);
    other.runTurn();
    engine.loop.runTurn();

    assertThat(webSocket.closed).isEqualTo(CloseReason.SLOW_CONSUMER);
    assertThat(newer.closed).isNull();
  }

  @Test
  void aClientWhoseOldBytesLeftIsNotTheOldestAnyMore() {
    List<FakeTransport> transports = stalledMany(3);
    EngineIoSession first = engine.listener.opened.get(0);
    engine.send(first, "x".repeat(100));
    engine.loop.advance(Duration.ofMillis(10));
    engine.send(engine.listener.opened.get(1), "x".repeat(4000));
    engine.loop.advance(Duration.ofMillis(10));
    transports.get(0).take();
    transports.get(0).writable = false;
    engine.send(first, "x".repeat(4000));
    engine.send(engine.listener.opened.get(2), "x".repeat(4000));

    assertThat(transports.get(1).closed).isEqualTo(CloseReason.SLOW_CONSUMER);
    assertThat(transports.get(0).closed).isNull();
    assertThat(transports.get(2).closed).isNull();
  }

  @Test
  void manyAreGivenUpAFewInEachTask() {
    stalledMany(1000);
    broadcast("x".repeat(9000));
    broadcast("x".repeat(2000));

    assertThat(engine.listener.closed).hasSize(1000);
    // A task for each of 16; those of the broadcasts come to it.
    assertThat(engine.loop.tasksHandedOver).isGreaterThan(1000 / 16);
    assertThat(engine.server.queuedBytes()).isZero();
  }

  @Test
  void aLongMessageThatTheTransportHoldsCountsOnce() {
    EngineIoSession session = engine.open(webSocket);
    webSocket.fullAfterWrite = true;
    engine.send(session, "x".repeat(8000));
    assertThat(engine.server.queuedBytes()).isBetween(8000L, 8010L + Delivery.HELD_BYTES);
    webSocket.fullAfterWrite = false;
    webSocket.take();

    assertThat(engine.server.queuedBytes()).isZero();
    assertThat(engine.listener.closed).isEmpty();
  }

  @Test
  void whatOnlyTheTransportHoldsCountsToo() {
    EngineIoSession session = engine.open(webSocket);
    webSocket.fullAfterWrite = true;
    engine.send(session, "x".repeat(70_000));

    assertThat(engine.listener.closed).containsExactly(CloseReason.SLOW_CONSUMER);
    assertThat(engine.server.queuedBytes()).isZero();
  }

  @Test
  void whatWaitsForAClientThatLeavesCountsUntilItIsTaken() {
    stalled(5000);
    webSocket.receive("1");
    assertThat(engine.listener.closed).containsExactly(CloseReason.TRANSPORT_CLOSE);
    assertThat(engine.server.queuedBytes()).isGreaterThan(5000);
    assertThat(webSocket.closed).isNull();
    webSocket.take();

    assertThat(webSocket.last().get(0)).hasSize(5001);
    assertThat(webSocket.closed).isEqualTo(CloseReason.TRANSPORT_CLOSE);
    assertThat(engine.server.queuedBytes()).isZero();
    assertThat(engine.server.sessionCount()).isZero();
  }

  @Test
  void whatWaitsForAClientOfAServerThatClosesCountsUntilItIsTaken() {
    stalled(5000);
    engine.server.close();
    engine.loop.runTurn();
    assertThat(engine.listener.closed).containsExactly(CloseReason.SERVER_SHUTTING_DOWN);
    assertThat(engine.server.queuedBytes()).isGreaterThan(5000);
    webSocket.take();

    assertThat(webSocket.closed).isEqualTo(CloseReason.SERVER_SHUTTING_DOWN);
    assertThat(engine.server.queuedBytes()).isZero();
  }

  @Test
  void aboveTheBoundOfAllAClientThatHasLeftIsGivenUpLikeOthers() {
    List<FakeTransport> transports = stalledMany(3);
    engine.send(engine.listener.opened.get(0), "x".repeat(4000));
    transports.get(0).receive("1");
    engine.loop.advance(Duration.ofMillis(10));
    engine.send(engine.listener.opened.get(1), "x".repeat(4000));
    engine.send(engine.listener.opened.get(2), "x".repeat(4000));

    assertThat(transports.get(0).closed).isEqualTo(CloseReason.SLOW_CONSUMER);
    assertThat(transports.get(1).closed).isNull();
    assertThat(engine.server.queuedBytes()).isLessThan(10_000);
  }

  @Test
  void aClientThatLeftIsForgottenWhenItsConnectionBreaks() {
    stalled(5000);
    webSocket.receive("1");
    webSocket.ready = false;
    webSocket.fail(CloseReason.TRANSPORT_CLOSE);

    assertThat(engine.server.sessionCount()).isZero();
    assertThat(engine.server.queuedBytes()).isZero();
  }

  @Test
  void whatTheTransportOfASilentClientHoldsCountsUntilItIsGone() {
    EngineFixture impatient = new EngineFixture();
    EngineIoSession session = impatient.open(webSocket);
    webSocket.fullAfterWrite = true;
    impatient.send(session, "x".repeat(100_000));
    webSocket.fullAfterWrite = false;
    impatient.loop.advance(EngineFixture.INTERVAL.plus(EngineFixture.TIMEOUT));
    assertThat(impatient.listener.closed).containsExactly(CloseReason.PING_TIMEOUT);
    assertThat(impatient.server.queuedBytes()).isGreaterThan(100_000);
    webSocket.pendingBytes = 0;
    impatient.loop.advance(CHECK);

    assertThat(impatient.server.queuedBytes()).isZero();
    assertThat(impatient.loop.timers()).isZero();
  }

  @Test
  void messagesThatAreTakenOneByOneArmNoTimerEach() {
    EngineIoSession session = engine.open(webSocket);
    int before = engine.loop.timersArmed;
    for (int i = 0; i < 100; i++) {
      webSocket.fullAfterWrite = true;
      engine.send(session, "x".repeat(5000));
      webSocket.fullAfterWrite = false;
      webSocket.take();
    }

    assertThat(engine.loop.timersArmed - before).isEqualTo(1);
    assertThat(engine.server.queuedBytes()).isZero();
    engine.loop.advance(CHECK);
    assertThat(engine.loop.timersArmed - before).isEqualTo(1);
  }

  @Test
  void aLongMessageThatAFlushSendsAtOnceIsNotWatched() {
    EngineIoSession session = engine.open(webSocket);
    int before = engine.loop.timersArmed;
    webSocket.fullAfterWrite = true;
    webSocket.flushesAtOnce = true;
    webSocket.takesWhatIsFlushed = true;
    engine.send(session, "x".repeat(5000));

    assertThat(engine.loop.timersArmed).isEqualTo(before);
  }

  @Test
  void aClientThatHasTakenWhatWaitedIsNotFlushedAgain() {
    EngineIoSession session = engine.open(webSocket);
    webSocket.writable = false;
    engine.send(session, "a");
    int before = webSocket.flushCalls;
    webSocket.take();
    engine.loop.runTurn();

    assertThat(webSocket.last()).containsExactly("4a");
    assertThat(webSocket.flushCalls - before).isEqualTo(1);
  }

  @Test
  void aSlowClientThatIsDisconnectedGetsTheRestAndTheEnd() {
    EngineIoSession session = stalled(50);
    session.close(CloseReason.FORCED_SERVER_CLOSE);
    engine.loop.runTurn();
    for (int i = 0; i < 10; i++) {
      engine.loop.advance(TIMEOUT.minus(CHECK));
      webSocket.progress++;
    }
    assertThat(webSocket.closed).isNull();
    webSocket.take();

    assertThat(webSocket.last().get(0)).hasSize(51);
    assertThat(webSocket.closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
  }

  @Test
  void aClientThatIsDisconnectedAndTakesNothingMoreIsCutAfterTheCloseTimeout() {
    EngineIoSession session = stalled(50);
    session.close(CloseReason.FORCED_SERVER_CLOSE);
    engine.loop.runTurn();
    engine.loop.advance(TIMEOUT.minus(CHECK));
    webSocket.progress++;
    engine.loop.advance(TIMEOUT.minus(CHECK));
    assertThat(webSocket.closed).isNull();
    engine.loop.advance(TIMEOUT.dividedBy(5));

    assertThat(webSocket.closed).isEqualTo(CloseReason.SLOW_CONSUMER);
    assertThat(engine.server.queuedBytes()).isZero();
  }

  @Test
  void aLongResponseToAClientThatIsDisconnectedStaysCounted() {
    EngineFixture roomy = new EngineFixture();
    EngineIoSession session = roomy.open(polling);
    roomy.send(session, "x".repeat(100_000));
    polling.slowResponses = true;
    session.close(CloseReason.FORCED_SERVER_CLOSE);
    roomy.loop.runTurn();
    polling.poll();
    assertThat(polling.last().get(0)).hasSize(100_001);
    assertThat(roomy.server.queuedBytes()).isEqualTo(100_001);
    polling.take();

    assertThat(roomy.server.queuedBytes()).isZero();
  }

  @Test
  void whatHasLeftInAResponseDoesNotCountBeforeTheNextPoll() {
    EngineFixture roomy = new EngineFixture();
    EngineIoSession session = roomy.open(polling);
    polling.slowResponses = true;
    polling.poll();
    roomy.send(session, "x".repeat(100_000));
    assertThat(roomy.server.queuedBytes()).isEqualTo(100_001);
    polling.take();

    assertThat(roomy.server.queuedBytes()).isZero();
    assertThat(session.queuedBytes()).isZero();
  }

  @Test
  void aClientThatIsToldOfItsEndAndTakesNothingIsGivenUpLikeOthers() {
    EngineIoSession session = stalled(200);
    session.close(CloseReason.FORCED_SERVER_CLOSE);
    engine.loop.runTurn();
    assertThat(webSocket.closed).isNull();
    webSocket.take();

    assertThat(webSocket.flushes.get(1)).hasSize(1);
    assertThat(webSocket.closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
    assertThat(engine.server.queuedBytes()).isZero();
  }

  @Test
  void aLongQueueFollowsTheClientThroughAnUpgrade() {
    EngineIoSession session = engine.open(polling);
    for (int i = 0; i < 20; i++) {
      engine.send(session, "m" + i);
    }
    session.probe(webSocket);
    webSocket.receive("2probe");
    webSocket.writable = false;
    webSocket.receive("5");
    assertThat(webSocket.last()).containsExactly("3probe");
    webSocket.take();

    assertThat(webSocket.last()).hasSize(20).startsWith("4m0").endsWith("4m19");
    assertThat(engine.server.queuedBytes()).isZero();
  }

  private EngineIoSession stalled(int bytes) {
    EngineIoSession session = engine.open(webSocket);
    webSocket.writable = false;
    engine.send(session, "x".repeat(bytes));
    return session;
  }

  private List<FakeTransport> stalledMany(int count) {
    List<FakeTransport> transports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      FakeTransport transport = new FakeTransport(TransportKind.WEBSOCKET);
      engine.open(transport);
      transport.writable = false;
      transports.add(transport);
    }
    return transports;
  }

  private void broadcast(String text) {
    engine.server.send(
        engine.listener.opened.stream().map(EngineFixture.OpenTarget::new).toList(),
        EngineFixture.message(text, false));
    engine.loop.runTurn();
  }
}
