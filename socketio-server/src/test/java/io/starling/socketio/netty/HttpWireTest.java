package io.starling.socketio.netty;

import static io.starling.socketio.netty.EchoServer.POLLING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.engineio.EngineIoServer;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.transport.CorsPolicy;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server does with HTTP itself. */
class HttpWireTest {
  private static EchoServer server;

  @BeforeAll
  static void start() {
    server = new EchoServer(transport -> transport.requestTimeout(Duration.ofMillis(400)));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void oneConnectionServesManyRequests() {
    try (RawConnection connection = server.connect()) {
      for (int i = 0; i < 5; i++) {
        assertThat(connection.get(POLLING).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aClientMayAskForTheEndOfTheConnection() {
    try (RawConnection connection = server.connect()) {
      assertThat(connection.get(POLLING, "Connection: close").headers())
          .containsEntry("connection", "close");
      assertThat(connection.ended()).isTrue();
    }
  }

  @Test
  void requestsSentAheadAreAnsweredInTheirOrder() {
    try (RawConnection connection = server.connect()) {
      connection.send("GET", "/nowhere", "");
      connection.send("GET", POLLING, "");
      connection.send("POST", "/nowhere", "4ignored");
      connection.send("GET", POLLING, "");

      assertThat(connection.receive().status()).isEqualTo(404);
      assertThat(connection.receive().status()).isEqualTo(200);
      assertThat(connection.receive().status()).isEqualTo(404);
      assertThat(connection.receive().status()).isEqualTo(200);
    }
  }

  @Test
  void aRequestBehindAPollWaitsForItsTurn() {
    String session = server.openPolling();
    try (RawConnection connection = server.connect()) {
      connection.send("GET", session, "");
      connection.send("GET", "/nowhere", "");
      server.post(session, "4a");

      assertThat(connection.receive().body()).isEqualTo("4a");
      assertThat(connection.receive().status()).isEqualTo(404);
    }
  }

  @Test
  void tooManyRequestsBehindAPollEndTheConnection() {
    String session = server.openPolling();
    try (RawConnection connection = server.connect()) {
      String nowhere = "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n";
      connection.send("GET", session, "");
      // In one piece: the connection may end before a later piece is sent, which would fail.
      connection.write(nowhere.repeat(40).getBytes(StandardCharsets.US_ASCII));

      assertThat(connection.ended()).isTrue();
    }
  }

  @Test
  void aClientThatReadsNoResponsesIsNotServedForEver() {
    byte[] preflight =
        ("OPTIONS /engine.io/ HTTP/1.1\r\nHost: localhost\r\nAccess-Control-Request-Headers: "
                + "x".repeat(8000)
                + "\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8);
    try (EchoServer generous = new EchoServer(transport -> transport.cors(CorsPolicy.any()));
        RawConnection connection = generous.connect()) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 6000; i++) {
                  connection.write(preflight);
                }
              })
          .isInstanceOf(UncheckedIOException.class);
    }
  }

  @Test
  void aRequestThatWaitedForAReaderIsAnswered() {
    int requests = 25;
    try (EchoServer generous = new EchoServer(transport -> transport.cors(CorsPolicy.any()));
        RawConnection connection = generous.connect()) {
      for (int round = 0; round < 100; round++) {
        for (int i = 0; i < requests; i++) {
          String fields = "Access-Control-Request-Headers: " + "x".repeat(8000);
          connection.send("OPTIONS", "/engine.io/", "", fields);
        }
        for (int i = 0; i < requests; i++) {
          assertThat(connection.receive().status()).isEqualTo(204);
        }
      }
    }
  }

  @Test
  void anythingElseIsNotFound() {
    assertThat(server.get("/").status()).isEqualTo(404);
    assertThat(server.get("/engine.iox?EIO=4&transport=polling").status()).isEqualTo(404);
    assertThat(server.get("/engine.iox/?EIO=4&transport=polling").status()).isEqualTo(404);
    assertThat(server.get("/x/engine.io/?EIO=4&transport=polling").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/engine.io/extra/",
        "/engine.io/a/b",
        "/engine.io//",
        "/engine.io/100%/",
        "/engine.io/%zz"
      })
  void whatIsBelowAnEndpointIsForTheEndpoint(String path) {
    assertThat(server.get(path + "?EIO=4&transport=polling").status()).isEqualTo(200);
    assertThat(server.get(path).body()).contains("Transport unknown");
    try (RawConnection socket = server.connect()) {
      assertThat(socket.upgrade(path + "?EIO=4&transport=websocket").status()).isEqualTo(101);
    }
  }

  @Test
  void ofEndpointsBelowEachOtherTheLongestPathCounts() {
    EngineIoServer inner =
        new EngineIoServer(SocketIoServerConfig.builder().build().engine(), server);
    try (EchoServer outer =
        new EchoServer(
            engine -> engine,
            transport -> transport,
            netty -> netty.endpoint("/engine.io/inner/", inner))) {
      outer.get("/engine.io/inner/x?EIO=4&transport=polling");
      outer.get("/engine.io/innermost/?EIO=4&transport=polling");

      assertThat(inner.sessionCount()).isEqualTo(1);
      assertThat(outer.engine.sessionCount()).isEqualTo(1);
    }
  }

  @Test
  void aPercentSignInAQueryIsTakenAsItIs() {
    assertThat(server.get(POLLING + "&token=50%off&t=%").status()).isEqualTo(200);
    assertThat(server.sessions.values())
        .anySatisfy(
            session ->
                assertThat(session.request().query())
                    .containsEntry("token", List.of("50%off"))
                    .containsEntry("t", List.of("%")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1\r\n",
        "1.1\r\nHost: a\r\nHost: a\r\n",
        "1.1\r\nHost: a\r\nhost: b\r\n",
        "1.0\r\nHost: a\r\nHost: b\r\n",
        "1.1\r\nHost: a b\r\n",
        "1.1\r\nHost: a/b\r\n",
        "1.1\r\nHost: user@a\r\n"
      })
  void aRequestNamesOneHost(String rest) {
    try (RawConnection connection = server.connect()) {
      write(connection, rest);

      assertThat(connection.receive().status()).isEqualTo(400);
      assertThat(connection.ended()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.0\r\n",
        "1.1\r\nHost:\r\n",
        "1.1\r\nHost: [::1]:3000\r\n",
        "1.1\r\nHost: a_b.c\r\n"
      })
  void aHostMayBeEmptyAndMissesInOldRequests(String rest) {
    try (RawConnection connection = server.connect()) {
      write(connection, rest);

      assertThat(connection.receive().status()).isEqualTo(200);
    }
  }

  private static void write(RawConnection connection, String rest) {
    connection.write(
        ("GET " + POLLING + " HTTP/" + rest + "\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void aHeadOfAnEndpointHasNoBody() {
    try (RawConnection connection = server.connect()) {
      RawConnection.Response head = connection.request("HEAD", POLLING);
      assertThat(head.status()).isEqualTo(400);
      assertThat(head.headers()).containsEntry("content-length", "43");

      assertThat(connection.get(POLLING).status()).isEqualTo(200);
    }
  }

  @Test
  void responsesCarryADate() {
    assertThat(server.get(POLLING).headers().get("date"))
        .matches("\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT");
  }

  @Test
  void aRequestLineThatIsTooLongIsRefused() {
    assertThat(server.get(POLLING + "&x=" + "x".repeat(20_000)).status()).isEqualTo(414);
  }

  @Test
  void aHeaderThatIsTooLongIsRefused() {
    try (RawConnection connection = server.connect()) {
      assertThat(connection.get(POLLING, "X-Long: " + "x".repeat(20_000)).status()).isEqualTo(431);
      assertThat(connection.ended()).isTrue();
    }
  }

  @Test
  void bytesThatAreNotHttpAreRefused() {
    try (RawConnection connection = server.connect()) {
      connection.write("\u0016\u0003\u0001 hello\r\n\r\n".getBytes(StandardCharsets.UTF_8));

      assertThat(connection.receive().status()).isEqualTo(400);
      assertThat(connection.ended()).isTrue();
    }
  }

  @Test
  void anEscapeThatMeansNothingIsRefused() {
    assertThat(server.get("/%zz").status()).isEqualTo(400);
  }

  @Test
  void aRequestThatNeverEndsIsCutOff() {
    try (RawConnection connection = server.connect()) {
      connection.write("GET / HTTP/1.1\r\nHost: ".getBytes(StandardCharsets.UTF_8));

      assertThat(connection.ended()).isTrue();
    }
  }

  @Test
  void aConnectionWithoutARequestIsCutOff() {
    try (RawConnection connection = server.connect()) {
      assertThat(connection.ended()).isTrue();
    }
  }

  @Test
  void aConnectionThatHadAResponseStaysOpenLongerThanARequestMayTake() {
    try (RawConnection used = server.connect();
        RawConnection other = server.connect()) {
      used.get(POLLING);
      // As long as a connection without a request may stay open.
      assertThat(other.ended()).isTrue();

      assertThat(used.get(POLLING).status()).isEqualTo(200);
    }
  }

  @Test
  void aConnectionThatHadAResponseIsCutOffWhenItStaysIdle() {
    try (EchoServer impatient =
            new EchoServer(transport -> transport.keepAliveTimeout(Duration.ofMillis(100)));
        RawConnection connection = impatient.connect()) {
      connection.get(POLLING);

      assertThat(connection.ended()).isTrue();
    }
  }

  @Test
  void aSecondRequestThatNeverEndsIsCutOff() {
    try (RawConnection connection = server.connect()) {
      connection.get(POLLING);
      connection.write("GET / HTTP/1.1\r\nHost: ".getBytes(StandardCharsets.UTF_8));

      assertThat(connection.ended()).isTrue();
    }
  }

  @Test
  void aPollMayWaitLongerThanARequestMayTake() {
    String session = server.openPolling();
    try (RawConnection poll = server.connect();
        RawConnection other = server.connect()) {
      poll.send("GET", session, "");
      // As long as the other connection, opened later, may stay idle.
      assertThat(other.ended()).isTrue();
      server.post(session, "4a");

      assertThat(poll.receive().body()).isEqualTo("4a");
    }
  }
}
