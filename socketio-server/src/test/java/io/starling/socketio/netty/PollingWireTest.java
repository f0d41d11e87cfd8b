package io.starling.socketio.netty;

import static io.starling.socketio.netty.EchoServer.POLLING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starling.engineio.CloseReason;
import io.starling.engineio.EngineIoSession;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The polling part of the Engine.IO conformance run, and the edge cases of the official server. */
class PollingWireTest {
  private EchoServer server;

  @BeforeEach
  void start() {
    server = new EchoServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aHandshakeHasTheFiveKeysAndMayNotBeStored() {
    try (EchoServer impatient = EchoServer.impatient()) {
      RawConnection.Response response = impatient.get(POLLING);

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.body())
          .matches(
              "0\\{\"sid\":\"[\\w-]{20}\",\"upgrades\":\\[\"websocket\"],\"pingInterval\":300,"
                  + "\"pingTimeout\":200,\"maxPayload\":1000000}");
      assertThat(response.headers())
          .containsEntry("content-type", "text/plain; charset=UTF-8")
          .containsEntry("cache-control", "no-store");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET,  /engine.io/?transport=polling,               5, Unsupported protocol version",
    "GET,  /engine.io/?EIO=abc&transport=polling,       5, Unsupported protocol version",
    "GET,  /engine.io/?EIO=3&transport=polling,         5, Unsupported protocol version",
    "GET,  /engine.io/?EIO=4,                           0, Transport unknown",
    "GET,  /engine.io/?EIO=4&transport=abc,             0, Transport unknown",
    "POST, /engine.io/?EIO=4&transport=polling,         2, Bad handshake method",
    "PUT,  /engine.io/?EIO=4&transport=polling,         2, Bad handshake method",
    "GET,  /engine.io/?EIO=4&transport=websocket,       3, Bad request",
    "GET,  /engine.io/?EIO=4&transport=polling&sid=abc, 1, Session ID unknown",
  })
  void aBadHandshakeIsRefusedWithItsCode(String method, String target, int code, String message) {
    try (RawConnection connection = server.connect()) {
      RawConnection.Response response = connection.request(method, target);

      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body())
          .isEqualTo("{\"code\":" + code + ",\"message\":\"" + message + "\"}");
      assertThat(response.headers()).containsEntry("content-type", "application/json");
    }
  }

  @Test
  void aClientThatTheApplicationDoesNotWantIsForbidden() {
    try (EchoServer picky =
        new EchoServer(engine -> engine.allowRequest(request -> false), transport -> transport)) {
      RawConnection.Response response = picky.get(POLLING);

      assertThat(response.status()).isEqualTo(403);
      assertThat(response.body()).isEqualTo("{\"code\":4,\"message\":\"Forbidden\"}");
      assertThat(picky.sessions).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE", "PATCH"})
  void aRequestOfASessionByAnotherMethodIsRefusedAndTheSessionGoesOn(String method) {
    String session = server.openPolling();
    try (RawConnection connection = server.connect()) {
      RawConnection.Response response = connection.request(method, session);

      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body()).isEqualTo("{\"code\":3,\"message\":\"Bad request\"}");
      assertThat(connection.post(session, "4a").status()).isEqualTo(200);
    }
  }

  @Test
  void theLastSlashOfThePathMayBeLeftOut() {
    assertThat(server.get("/engine.io?EIO=4&transport=polling").status()).isEqualTo(200);
  }

  @Test
  void aMessageComesBackWithTheNextPoll() {
    String session = server.openPolling();

    RawConnection.Response posted = server.post(session, "4hello");
    assertThat(posted.status()).isEqualTo(200);
    assertThat(posted.body()).isEqualTo("ok");
    assertThat(posted.headers()).containsEntry("content-type", "text/html");
    assertThat(server.get(session).body()).isEqualTo("4hello");
  }

  @Test
  void theEchoesOfOnePostComeInOnePoll() {
    String session = server.openPolling();
    server.post(session, "4test1\u001e4test2\u001e4test3");

    assertThat(server.get(session).body()).isEqualTo("4test1\u001e4test2\u001e4test3");
  }

  @Test
  void theEchoesOfOnePostComeTogetherToAPendingPoll() {
    String session = server.openPolling();
    try (RawConnection poll = server.connect()) {
      poll.send("GET", session, "");
      server.post(session, "4test1\u001e4test2\u001e4test3");

      assertThat(poll.receive().body()).isEqualTo("4test1\u001e4test2\u001e4test3");
    }
  }

  @Test
  void binaryMessagesComeBackAsBase64() {
    String session = server.openPolling();
    server.post(session, "4hello\u001ebAQIDBA==");

    assertThat(server.get(session).body()).isEqualTo("4hello\u001ebAQIDBA==");
  }

  @Test
  void anInvalidPacketEndsTheSession() {
    String session = server.openPolling();

    assertThat(server.post(session, "abc").status()).isEqualTo(400);
    assertThat(server.get(session).status()).isEqualTo(400);
  }

  @Test
  void anAbortedPollEndsTheSession() {
    String session = server.openPolling();
    try (RawConnection poll = server.connect()) {
      poll.send("GET", session, "");
      awaitPoll(session);
    }
    assertThat(server.nextClose()).isEqualTo(CloseReason.TRANSPORT_ERROR);
    assertThat(server.get(session).status()).isEqualTo(400);
  }

  @Test
  void aSecondPollEndsTheSessionAndTellsTheFirst() {
    String session = server.openPolling();
    try (RawConnection first = server.connect()) {
      first.send("GET", session, "");
      awaitPoll(session);

      assertThat(server.get(session).status()).isEqualTo(400);
      RawConnection.Response answered = first.receive();
      assertThat(answered.status()).isEqualTo(200);
      assertThat(answered.body()).isEqualTo("1");
    }
    assertThat(server.get(session).status()).isEqualTo(400);
  }

  @Test
  void aSecondPostWhileOneIsReceivedEndsTheSession() {
    String session = server.openPolling();
    try (RawConnection first = server.connect()) {
      first.send("POST", session, "", "Content-Length: 10", "Expect: 100-continue");
      assertThat(first.receiveHead().status()).isEqualTo(100);

      assertThat(server.post(session, "4b").status()).isEqualTo(400);
      assertThat(server.get(session).status()).isEqualTo(400);
    }
  }

  @Test
  void aPostThatBreaksOffEndsTheSession() {
    String session = server.openPolling();
    try (RawConnection first = server.connect()) {
      first.send("POST", session, "", "Content-Length: 10", "Expect: 100-continue");
      assertThat(first.receiveHead().status()).isEqualTo(100);
    }
    assertThat(server.nextClose()).isEqualTo(CloseReason.TRANSPORT_ERROR);
  }

  @Test
  void anOctetStreamEndsTheSession() {
    String session = server.openPolling();
    try (RawConnection connection = server.connect()) {
      RawConnection.Response response =
          connection.post(session, "4a", "Content-Type: application/octet-stream");

      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body()).isEmpty();
    }
    assertThat(server.get(session).status()).isEqualTo(400);
  }

  @Test
  void aBodyOfTheGreatestLengthIsTaken() {
    try (EchoServer patient = new EchoServer()) {
      String session = patient.openPolling();

      assertThat(patient.post(session, "4" + "x".repeat(999_999)).status()).isEqualTo(200);
      assertThat(patient.get(session).body()).hasSize(1_000_000);
    }
  }

  @Test
  void aLongerBodyIsRefusedAndTheSessionGoesOn() {
    String session = server.openPolling();
    try (RawConnection connection = server.connect()) {
      RawConnection.Response response = connection.post(session, "4" + "x".repeat(1_000_000));
      assertThat(response.status()).isEqualTo(413);
      assertThat(response.body()).isEmpty();

      assertThat(connection.post(session, "4a").status()).isEqualTo(200);
      assertThat(connection.get(session).body()).isEqualTo("4a");
    }
  }

  @Test
  void aBodyInBrokenChunksIsRefusedAndTheSessionGoesOn() {
    String session = server.openPolling();
    try (RawConnection connection = server.connect()) {
      connection.send("POST", session, "", "Transfer-Encoding: chunked");
      connection.write("no size\r\n".getBytes(StandardCharsets.UTF_8));
      assertThat(connection.receive().status()).isEqualTo(400);
    }
    try (RawConnection connection = server.connect()) {
      assertThat(connection.post(session, "4a").status()).isEqualTo(200);
    }
  }

  @Test
  void aLongerBodyInChunksIsRefusedAndTheSessionGoesOn() {
    String session = server.openPolling();
    try (RawConnection connection = server.connect()) {
      connection.send("POST", session, "", "Transfer-Encoding: chunked");
      for (int i = 0; i < 11; i++) {
        connection.write(
            ("186a0\r\n" + "x".repeat(100_000) + "\r\n").getBytes(StandardCharsets.UTF_8));
      }
      connection.write("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      assertThat(connection.receive().status()).isEqualTo(413);

      assertThat(connection.post(session, "4a").status()).isEqualTo(200);
    }
  }

  @Test
  void aClientThatAsksWhetherToContinueIsToldSo() {
    String session = server.openPolling();
    try (RawConnection connection = server.connect()) {
      connection.send("POST", session, "", "Content-Length: 2", "Expect: 100-continue");
      assertThat(connection.receive().status()).isEqualTo(100);

      connection.write("4a".getBytes(StandardCharsets.UTF_8));
      assertThat(connection.receive().body()).isEqualTo("ok");
    }
  }

  @Test
  void pingsAndPongsKeepASessionAlive() {
    try (EchoServer impatient = EchoServer.impatient()) {
      String session = impatient.openPolling();
      for (int i = 0; i < 3; i++) {
        assertThat(impatient.get(session).body()).isEqualTo("2");
        assertThat(impatient.post(session, "3").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aSilentClientIsGoneAfterIntervalPlusTimeout() {
    try (EchoServer impatient = EchoServer.impatient()) {
      String session = impatient.openPolling();
      assertThat(impatient.nextClose()).isEqualTo(CloseReason.PING_TIMEOUT);

      assertThat(impatient.get(session).status()).isEqualTo(400);
    }
  }

  @Test
  void aClientThatClosesGetsItsPollAnswered() {
    String session = server.openPolling();
    try (RawConnection poll = server.connect()) {
      poll.send("GET", session, "");
      awaitPoll(session);
      assertThat(server.post(session, "1").status()).isEqualTo(200);

      RawConnection.Response answered = poll.receive();
      assertThat(answered.status()).isEqualTo(200);
      assertThat(answered.body()).isEqualTo("6");
    }
    assertThat(server.nextClose()).isEqualTo(CloseReason.TRANSPORT_CLOSE);
    assertThat(server.get(session).status()).isEqualTo(400);
  }

  @Test
  void aClientMayNotPing() {
    String session = server.openPolling();
    server.post(session, "2");

    assertThat(server.get(session).status()).isEqualTo(400);
  }

  @Test
  void aPollIsToldThatTheServerClosesTheSession() {
    String session = server.openPolling();
    try (RawConnection poll = server.connect()) {
      poll.send("GET", session, "");
      awaitPoll(session);
      server.session(session).close(CloseReason.FORCED_SERVER_CLOSE);

      assertThat(poll.receive().body()).isEqualTo("1");
    }
  }

  @Test
  void theNextPollIsToldThatTheServerClosedTheSession() {
    String session = server.openPolling();
    server.post(session, "4last");
    server.session(session).close(CloseReason.FORCED_SERVER_CLOSE);

    assertThat(server.get(session).body()).isEqualTo("4last");
    assertThat(server.get(session).body()).isEqualTo("1");
    assertThat(server.get(session).status()).isEqualTo(400);
  }

  @Test
  void aPollThatWaitsForTheLastMessageIsNotToldOfTheEndWithIt() {
    String session = server.openPolling();
    EngineIoSession engineSession = server.session(session);
    try (RawConnection poll = server.connect()) {
      poll.send("GET", session, "");
      awaitPoll(session);
      server.engine.send(
          engineSession, EchoServer.message(StandardCharsets.UTF_8.encode("last"), false));
      engineSession.close(CloseReason.FORCED_SERVER_CLOSE);
      assertThat(poll.receive().body()).isEqualTo("4last");
    }
    assertThat(server.post(session, "4ignored").status()).isEqualTo(200);
    assertThat(server.get(session).body()).isEqualTo("1");
  }

  @Test
  void aServerThatIsClosedSendsThePollThatWaitsItsMessagesOnly() {
    String session = server.openPolling();
    EngineIoSession engineSession = server.session(session);
    try (RawConnection poll = server.connect()) {
      poll.send("GET", session, "");
      awaitPoll(session);
      server.engine.send(
          engineSession, EchoServer.message(StandardCharsets.UTF_8.encode("last"), false));
      server.engine.close();
      assertThat(poll.receive().body()).isEqualTo("4last");
    }
  }

  /** The wire gives no sign that a poll has arrived, so the session is asked. */
  private void awaitPoll(String session) {
    EngineIoSession engineSession = server.session(session);
    await()
        .until(
            () ->
                CompletableFuture.supplyAsync(
                        () -> engineSession.transport().ready(), engineSession.loop())
                    .join());
  }
}
