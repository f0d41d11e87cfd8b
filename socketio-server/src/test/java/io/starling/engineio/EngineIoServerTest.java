package io.starling.engineio;

import static io.starling.engineio.EngineFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.protocol.engineio.HandshakeError;
import io.starling.socketio.SocketIoServerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineIoServerTest {
  private final EngineFixture engine = new EngineFixture();
  private final List<Integer> flushesBefore = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({
    "4,   polling,   GET,  false, ",
    "4,   websocket, GET,  true,  ",
    "4,   abc,       GET,  false, UNKNOWN_TRANSPORT",
    "4,   '',        GET,  false, UNKNOWN_TRANSPORT",
    "4,   polling,   POST, false, BAD_HANDSHAKE_METHOD",
    "4,   polling,   PUT,  false, BAD_HANDSHAKE_METHOD",
    "4,   websocket, GET,  false, BAD_REQUEST",
    "4,   polling,   GET,  true,  BAD_REQUEST",
    "3,   polling,   GET,  false, UNSUPPORTED_PROTOCOL_VERSION",
    "'',  polling,   GET,  false, UNSUPPORTED_PROTOCOL_VERSION",
    "abc, websocket, GET,  true,  UNSUPPORTED_PROTOCOL_VERSION",
  })
  void aHandshakeIsJudgedInTheOrderOfTheOfficialServer(
      String eio, String transport, String method, boolean upgrade, HandshakeError error) {
    Admission admission =
        engine.server.admit(request("EIO", eio, "transport", transport), method, upgrade);

    if (error == null) {
      assertThat(admission).isInstanceOf(Admission.Opens.class);
    } else {
      assertThat(engine.listener.refused).containsExactly(error);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "4, polling, GET,  FORBIDDEN",
    "3, polling, GET,  FORBIDDEN",
    "4, polling, POST, BAD_HANDSHAKE_METHOD",
  })
  void theApplicationIsAskedBehindTheMethodAndBeforeTheVersion(
      String eio, String transport, String method, HandshakeError error) {
    EngineFixture picky =
        new EngineFixture(EngineFixture.impatient().allowRequest(request -> false));
    picky.server.admit(request("EIO", eio, "transport", transport), method, false);

    assertThat(picky.listener.refused).containsExactly(error);
  }

  @Test
  void aRefusalOfTheApplicationNamesTheOriginAndTheSetting() {
    EngineFixture picky =
        new EngineFixture(SocketIoServerConfig.builder().allowRequest(request -> false));
    for (int i = 0; i < 2; i++) {
      picky.server.admit(request("EIO", "4", "transport", "polling"), "GET", false);
      picky.server.admit(ofOrigin("https://a.example"), "GET", false);
    }

    assertThat(picky.warnings)
        .containsExactly(
            "clients of origin none are refused by allowRequest (told once a minute)",
            "clients of origin https://a.example are refused by allowRequest (told once a minute)");
  }

  @Test
  void aRefusedOriginIsToldWithTheSetting() {
    engine.server.refuseOrigin(ofOrigin("https://a.example"), "cors-origins");

    assertThat(engine.listener.refused).containsExactly(HandshakeError.BAD_REQUEST);
    assertThat(engine.warnings)
        .containsExactly(
            "clients of origin https://a.example are refused by cors-origins (told once a minute)");
  }

  @Test
  void otherRefusalsAreNotWarnedOf() {
    engine.server.admit(request("EIO", "3", "transport", "polling"), "GET", false);

    assertThat(engine.warnings).isEmpty();
  }

  private static HandshakeRequest ofOrigin(String origin) {
    HandshakeRequest plain = request("EIO", "4", "transport", "polling");
    return new HandshakeRequest(
        plain.path(),
        plain.query(),
        Map.of("Origin", List.of(origin)),
        plain.remoteAddress(),
        false,
        List.of(),
        plain.time());
  }

  @Test
  void aParameterOrFieldThatIsMissingIsNull() {
    HandshakeRequest request = ofOrigin("https://a.example");

    assertThat(request.header("origin")).isEqualTo("https://a.example");
    assertThat(request.header("cookie")).isNull();
    assertThat(request.parameter("EIO")).isEqualTo("4");
    assertThat(request.parameter("sid")).isNull();
  }

  @Test
  void anApplicationThatFailsToJudgeRefuses() {
    EngineFixture broken =
        new EngineFixture(
            SocketIoServerConfig.builder()
                .allowRequest(
                    request -> {
                      throw new IllegalStateException("no database");
                    }));
    broken.server.admit(request("EIO", "4", "transport", "polling"), "GET", false);

    assertThat(broken.listener.refused).containsExactly(HandshakeError.FORBIDDEN);
  }

  @Test
  void anUnknownSessionIsRefused() {
    engine.server.admit(request("EIO", "4", "transport", "polling", "sid", "abc"), "GET", false);

    assertThat(engine.listener.refused).containsExactly(HandshakeError.UNKNOWN_SID);
  }

  @ParameterizedTest
  @CsvSource({"3, polling, false", "'', polling, false", "4, websocket, false", "4, polling, true"})
  void aRequestThatDoesNotFitItsSessionIsRefused(String eio, String transport, boolean upgrade) {
    String sid = engine.open(new FakeTransport(TransportKind.POLLING)).id();
    engine.server.admit(request("EIO", eio, "transport", transport, "sid", sid), "GET", upgrade);

    assertThat(engine.listener.refused).containsExactly(HandshakeError.BAD_REQUEST);
  }

  @Test
  void aPollForAWebSocketSessionIsRefused() {
    String sid = engine.open(new FakeTransport(TransportKind.WEBSOCKET)).id();
    engine.server.admit(request("EIO", "4", "transport", "polling", "sid", sid), "GET", false);

    assertThat(engine.listener.refused).containsExactly(HandshakeError.BAD_REQUEST);
  }

  @Test
  void aTransportThatIsSwitchedOffIsUnknown() {
    EngineFixture webSocketOnly =
        new EngineFixture(EngineFixture.impatient().transports(Set.of(TransportKind.WEBSOCKET)));
    webSocketOnly.server.admit(request("EIO", "4", "transport", "polling"), "GET", false);

    assertThat(webSocketOnly.listener.refused).containsExactly(HandshakeError.UNKNOWN_TRANSPORT);
  }

  @Test
  void aBroadcastIsOneTaskForEachLoop() {
    List<Target> targets = new ArrayList<>();
    FakeLoop second = new FakeLoop();
    for (int i = 0; i < 10; i++) {
      FakeTransport transport = new FakeTransport(TransportKind.WEBSOCKET);
      FakeLoop loop = i % 2 == 0 ? engine.loop : second;
      targets.add(
          new EngineFixture.OpenTarget(engine.server.open(request(), loop, id -> transport)));
    }
    engine.server.send(targets, EngineFixture.message("hello", false));

    assertThat(engine.loop.tasksHandedOver).isEqualTo(1);
    assertThat(second.tasksHandedOver).isEqualTo(1);
  }

  @Test
  void aMessageLeavesBeforeItIsWrittenToTheNextTarget() {
    FakeTransport first = atOnce();
    FakeTransport second = atOnce();
    List<Target> targets = List.of(target(first), target(second, () -> first.flushes.size()));
    engine.server.send(targets, EngineFixture.message("hello", false));
    engine.loop.runTurn();

    assertThat(flushesBefore).containsExactly(2);
    assertThat(first.last()).containsExactly("4hello");
    assertThat(second.last()).containsExactly("4hello");
  }

  @Test
  void messagesThatWaitTogetherLeaveTogether() {
    FakeTransport transport = atOnce();
    Target target = target(transport);
    engine.server.send(target, EngineFixture.message("a", false));
    engine.server.send(target, EngineFixture.message("b", false));
    engine.loop.runTurn();

    assertThat(transport.flushes).hasSize(2);
    assertThat(transport.last()).containsExactly("4a", "4b");
  }

  @Test
  void whatWaitsForAnEventLoopIsCountedUntilItsTurn() {
    EngineIoSession session = engine.open(new FakeTransport(TransportKind.WEBSOCKET));
    engine.loop.runTurn();
    String mebibyte = "x".repeat(1 << 20);
    for (int i = 0; i < 65; i++) {
      engine.queue(session, mebibyte, true);
    }

    assertThat(engine.server.backlogBytes()).isBetween(65L << 20, 66L << 20);
    engine.loop.runTurn();
    assertThat(engine.server.backlogBytes()).isZero();
    engine.loop.end();
    engine.queue(session, mebibyte, true);
    assertThat(engine.server.backlogBytes()).as("a loop that has ended takes nothing").isZero();
  }

  @Test
  void aTargetThatHasEndedByThenIsLeftOut() {
    FakeTransport transport = new FakeTransport(TransportKind.WEBSOCKET);
    EngineIoSession session = engine.open(transport);
    Target ended =
        new Target() {
          @Override
          public EngineIoSession engineSession() {
            return session;
          }

          @Override
          public boolean open() {
            return false;
          }
        };
    engine.server.send(List.of(ended), EngineFixture.message("hello", false));
    engine.loop.runTurn();

    assertThat(transport.flushes).hasSize(1);
  }

  @Test
  void closingEndsEverySessionAndRefusesNewOnes() {
    engine.open(new FakeTransport(TransportKind.WEBSOCKET));
    engine.server.close();
    engine.server.close();
    engine.loop.runTurn();

    assertThat(engine.listener.closed).containsExactly(CloseReason.SERVER_SHUTTING_DOWN);
    assertThat(engine.server.sessionCount()).isZero();
    assertThat(engine.server.admit(request("EIO", "4", "transport", "polling"), "GET", false))
        .isInstanceOf(Admission.Refused.class);
  }

  private static FakeTransport atOnce() {
    FakeTransport transport = new FakeTransport(TransportKind.WEBSOCKET);
    transport.flushesAtOnce = true;
    return transport;
  }

  private Target target(FakeTransport transport) {
    return new EngineFixture.OpenTarget(engine.open(transport));
  }

  /** A target that notes a figure when its turn comes. */
  private Target target(FakeTransport transport, IntSupplier noted) {
    EngineIoSession session = engine.open(transport);
    return new Target() {
      @Override
      public EngineIoSession engineSession() {
        return session;
      }

      @Override
      public boolean open() {
        flushesBefore.add(noted.getAsInt());
        return true;
      }
    };
  }

  @Test
  void whoHasNotTakenTheRestIsGivenUpBeforeTheLoopsEnd() {
    FakeTransport stalled = new FakeTransport(TransportKind.WEBSOCKET);
    EngineIoSession session = engine.open(stalled);
    stalled.writable = false;
    engine.send(session, "rest");
    engine.server.close();
    engine.loop.runTurn();
    assertThat(stalled.closed).isNull();
    engine.server.abandon();
    engine.loop.end();

    assertThat(stalled.closed).isEqualTo(CloseReason.SLOW_CONSUMER);
    assertThat(engine.server.queuedBytes()).isZero();
    assertThat(engine.server.sessionCount()).isZero();
  }
}
