package io.starling.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.protocol.engineio.EngineIoPacket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineIoSessionTest {
  private final EngineFixture engine = new EngineFixture();
  private final FakeTransport webSocket = new FakeTransport(TransportKind.WEBSOCKET);
  private final FakeTransport polling = new FakeTransport(TransportKind.POLLING);

  @Test
  void opensWithTheFiveKeysInTheirOrder() {
    EngineIoSession session = engine.open(polling);

    assertThat(polling.last())
        .containsExactly(
            "0{\"sid\":\""
                + session.id()
                + "\",\"upgrades\":[\"websocket\"],\"pingInterval\":300,\"pingTimeout\":200,"
                + "\"maxPayload\":1000000}");
  }

  @Test
  void aWebSocketHasNothingToUpgradeTo() {
    engine.open(webSocket);

    assertThat(webSocket.last().get(0)).contains("\"upgrades\":[],");
  }

  @Test
  void idsAreTwentyUrlSafeCharacters() {
    assertThat(engine.open(webSocket).id()).matches("[A-Za-z0-9_-]{20}");
  }

  @Test
  void theListenerHearsMessages() {
    engine.open(webSocket);
    webSocket.receive("4hello");

    assertThat(engine.listener.messages).containsExactly("hello");
  }

  @Test
  void everyKindOfPacketIsHandledWithoutAnError() {
    for (EngineIoPacket packet :
        List.of(
            new EngineIoPacket.Open("{}"),
            new EngineIoPacket.Close(),
            new EngineIoPacket.Ping(""),
            new EngineIoPacket.Pong(""),
            new EngineIoPacket.Message(ByteBuffer.allocate(1), true),
            new EngineIoPacket.Upgrade(),
            new EngineIoPacket.Noop())) {
      FakeTransport transport = new FakeTransport(TransportKind.WEBSOCKET);
      engine.open(transport);
      transport.receive(packet);
    }
    assertThat(engine.listener.closed)
        .containsExactly(CloseReason.TRANSPORT_CLOSE, CloseReason.TRANSPORT_ERROR);
  }

  @Test
  void messagesOfOneTurnLeaveTogether() {
    EngineIoSession session = engine.open(webSocket);
    engine.queue(session, "a", false);
    engine.queue(session, "b", false);
    engine.loop.runTurn();

    assertThat(webSocket.last()).containsExactly("4a", "4b");
  }

  @Test
  void messagesBetweenTwoPollsWaitForTheNextInOrder() {
    EngineIoSession session = engine.open(polling);
    engine.send(session, "a");
    engine.send(session, "b");
    polling.poll();
    engine.loop.runTurn();

    assertThat(polling.last()).containsExactly("4a", "4b");
  }

  @Test
  void aMessageFitsAnEmptyQueueWhateverItsSize() {
    EngineIoSession session = engine.open(polling);
    engine.send(session, "x".repeat(5000));

    assertThat(engine.listener.closed).isEmpty();
    assertThat(session.queuedBytes()).isEqualTo(5001);
  }

  @Test
  void aMessageThatMayBeDroppedIsDroppedBetweenTwoPolls() {
    EngineIoSession session = engine.open(polling);
    engine.queue(session, "lost", true);
    engine.loop.runTurn();

    assertThat(session.queuedBytes()).isZero();
  }

  @Test
  void aMessageThatMayBeDroppedIsDroppedWhileTheSocketIsFull() {
    EngineIoSession session = engine.open(webSocket);
    webSocket.writable = false;
    engine.queue(session, "lost", true);
    engine.queue(session, "kept", false);
    engine.loop.runTurn();
    webSocket.take();

    assertThat(webSocket.last()).containsExactly("4kept");
  }

  @Test
  void closingComesAfterWhatTheSameThreadSent() {
    EngineIoSession session = engine.open(webSocket);
    engine.queue(session, "last", false);
    session.close(CloseReason.FORCED_SERVER_CLOSE);
    engine.queue(session, "too late", false);
    engine.loop.runTurn();

    assertThat(webSocket.last()).containsExactly("4last");
    assertThat(engine.listener.closed).containsExactly(CloseReason.FORCED_SERVER_CLOSE);
  }

  @Test
  void whatAPollingClientHasNotFetchedOutlivesTheSession() {
    EngineIoSession session = engine.open(polling);
    engine.queue(session, "last", false);
    session.close(CloseReason.FORCED_SERVER_CLOSE);
    engine.loop.runTurn();
    assertThat(engine.listener.closed).hasSize(1);
    assertThat(engine.server.sessionCount()).isEqualTo(1);

    polling.poll();
    assertThat(polling.last()).containsExactly("4last");
  }

  @Test
  void theEndComesInAResponseOfItsOwn() {
    EngineIoSession session = engine.open(polling);
    polling.poll();
    engine.queue(session, "last", false);
    session.close(CloseReason.FORCED_SERVER_CLOSE);
    engine.loop.runTurn();
    assertThat(polling.last()).containsExactly("4last");
    assertThat(polling.closed).isNull();

    polling.poll();
    assertThat(polling.closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
    assertThat(engine.listener.closed).containsExactly(CloseReason.FORCED_SERVER_CLOSE);
  }

  @Test
  void aPollThatFetchesTheLastMessagesIsNotTheOneThatEnds() {
    EngineIoSession session = engine.open(polling);
    engine.queue(session, "last", false);
    session.close(CloseReason.FORCED_SERVER_CLOSE);
    engine.loop.runTurn();
    polling.poll();
    assertThat(polling.last()).containsExactly("4last");
    assertThat(polling.closed).isNull();

    polling.poll();
    assertThat(polling.closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
    assertThat(engine.server.sessionCount()).isZero();
  }

  @Test
  void aClientThatLeavesWhileTheEndWaitsForAPollIsForgotten() {
    EngineIoSession session = engine.open(polling);
    session.close(CloseReason.FORCED_SERVER_CLOSE);
    engine.loop.runTurn();
    polling.receive("4ignored");
    polling.receive("1");

    assertThat(engine.listener.messages).isEmpty();
    assertThat(engine.listener.closed).containsExactly(CloseReason.FORCED_SERVER_CLOSE);
    assertThat(engine.server.sessionCount()).isZero();
    assertThat(engine.loop.timers()).isZero();
  }

  @Test
  void aClientThatIsNotReadFromIsReadFromAgainWhenItsSessionEnds() {
    EngineIoSession session = engine.open(polling);
    session.read(false);
    session.close(CloseReason.FORCED_SERVER_CLOSE);
    engine.loop.runTurn();

    assertThat(polling.reading).isTrue();
  }

  @Test
  void aClientThatBrokeARuleIsToldSoWithoutDelay() {
    EngineIoSession session = engine.open(webSocket);
    webSocket.writable = false;
    engine.send(session, "waits");
    session.close(CloseReason.FORCED_CLOSE);
    engine.loop.runTurn();

    assertThat(webSocket.closed).isEqualTo(CloseReason.FORCED_CLOSE);
    assertThat(engine.server.sessionCount()).isZero();
  }

  @Test
  void aClientThatClosesItsWebSocketWhileItIsDisconnectedGetsTheRest() {
    EngineIoSession session = engine.open(webSocket);
    webSocket.writable = false;
    engine.send(session, "last");
    session.close(CloseReason.FORCED_SERVER_CLOSE);
    engine.loop.runTurn();
    webSocket.fail(CloseReason.TRANSPORT_CLOSE);
    assertThat(webSocket.closed).isNull();
    webSocket.take();

    assertThat(webSocket.last()).containsExactly("4last");
    assertThat(webSocket.closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
  }

  @Test
  void aClientThatNeverFetchesIsForgottenAfterTheCloseTimeout() {
    EngineIoSession session = engine.open(polling);
    session.close(CloseReason.FORCED_SERVER_CLOSE);
    engine.loop.runTurn();
    engine.loop.advance(Duration.ofSeconds(30));

    assertThat(engine.server.sessionCount()).isZero();
    assertThat(engine.loop.timers()).isZero();
  }

  @Test
  void theListenerHearsOneEndOnly() {
    EngineIoSession session = engine.open(webSocket);
    session.close(CloseReason.FORCED_CLOSE);
    session.close(CloseReason.FORCED_SERVER_CLOSE);
    engine.loop.runTurn();

    assertThat(engine.listener.closed).containsExactly(CloseReason.FORCED_CLOSE);
  }

  @Test
  void aListenerThatFailsCostsItsSessionOnly() {
    engine.listener.throwing = true;
    engine.open(webSocket);
    webSocket.receive("4boom");

    assertThat(engine.listener.closed).containsExactly(CloseReason.FORCED_SERVER_CLOSE);
  }
}
