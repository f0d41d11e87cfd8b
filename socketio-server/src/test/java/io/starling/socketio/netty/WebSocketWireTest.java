package io.starling.socketio.netty;

import static io.starling.socketio.netty.EchoServer.WEBSOCKET;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.engineio.CloseReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The WebSocket part of the Engine.IO conformance run, and what RFC 6455 asks for. */
class WebSocketWireTest {
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
  void aHandshakeOffersNoUpgrade() {
    try (RawConnection socket = server.connect()) {
      RawConnection.Response response = socket.upgrade(WEBSOCKET);

      assertThat(response.status()).isEqualTo(101);
      assertThat(response.headers())
          .containsEntry("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      assertThat(socket.text()).contains("\"upgrades\":[],");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/engine.io/?transport=websocket,               Unsupported protocol version",
    "/engine.io/?EIO=3&transport=websocket,         Unsupported protocol version",
    "/engine.io/?EIO=abc&transport=websocket,       Unsupported protocol version",
    "/engine.io/?EIO=4,                             Transport unknown",
    "/engine.io/?EIO=4&transport=abc,               Transport unknown",
    "/engine.io/?EIO=4&transport=polling,           Bad request",
    "/engine.io/?EIO=4&transport=websocket&sid=abc, Session ID unknown",
  })
  void aBadHandshakeIsRefusedBeforeTheSwitch(String target, String message) {
    try (RawConnection socket = server.connect()) {
      RawConnection.Response response = socket.upgrade(target);

      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body()).isEqualTo(message);
      assertThat(response.headers()).containsEntry("connection", "close");
      assertThat(socket.ended()).isTrue();
    }
  }

  @Test
  void aClientThatTheApplicationDoesNotWantIsForbiddenBeforeTheSwitch() {
    try (EchoServer picky =
            new EchoServer(
                engine -> engine.allowRequest(request -> false), transport -> transport);
        RawConnection socket = picky.connect()) {
      RawConnection.Response response = socket.upgrade(WEBSOCKET);

      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body()).isEqualTo("Forbidden");
    }
  }

  @Test
  void anotherVersionOfTheWebSocketProtocolIsRefused() {
    try (RawConnection socket = server.connect()) {
      RawConnection.Response response = handshake(socket, "8", "dGhlIHNhbXBsZSBub25jZQ==");

      assertThat(response.status()).isEqualTo(400);
      assertThat(response.headers()).containsEntry("sec-websocket-version", "13");
    }
  }

  @Test
  void theKeyOfTheRfcIsAnsweredAsTheRfcHasIt() {
    try (RawConnection socket = server.connect()) {
      assertThat(socket.upgrade(WEBSOCKET).headers())
          .containsEntry("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZWU=",
        "dGhl*HNhbXBsZSBub25jZQ=="
      })
  void aKeyThatIsNotSixteenBytesIsRefused(String key) {
    try (RawConnection socket = server.connect()) {
      assertThat(handshake(socket, "13", key).status()).isEqualTo(400);
    }
  }

  private static RawConnection.Response handshake(
      RawConnection socket, String version, String key) {
    return socket.get(
        WEBSOCKET,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: " + version,
        "Sec-WebSocket-Key: " + key);
  }

  /** As Node's ws has it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a | a",
        "a, b | a",
        "a ,\tb | a",
        "v1.chat!#$%&'*+-.^_`~ | v1.chat!#$%&'*+-.^_`~",
      })
  void ofTheProtocolsOnOfferTheFirstIsChosen(String offer, String chosen) {
    try (RawConnection socket = server.connect()) {
      RawConnection.Response response =
          socket.upgrade(WEBSOCKET, "Sec-WebSocket-Protocol: " + offer);

      assertThat(response.status()).isEqualTo(101);
      assertThat(response.headers()).containsEntry("sec-websocket-protocol", chosen);
      assertThat(socket.text()).startsWith("0{");
    }
  }

  @Test
  void anOfferMayBeInSeveralFields() {
    try (RawConnection socket = server.connect()) {
      assertThat(
              socket
                  .upgrade(WEBSOCKET, "Sec-WebSocket-Protocol: b", "Sec-WebSocket-Protocol: a, c")
                  .headers())
          .containsEntry("sec-websocket-protocol", "b");
    }
  }

  @Test
  void withoutAnOfferNoProtocolIsChosen() {
    try (RawConnection socket = server.connect()) {
      assertThat(socket.upgrade(WEBSOCKET).headers()).doesNotContainKey("sec-websocket-protocol");
    }
  }

  @Test
  void anUpgradeOfASessionChoosesAProtocolToo() {
    String target = server.openPolling().replace("transport=polling", "transport=websocket");
    try (RawConnection socket = server.connect()) {
      assertThat(socket.upgrade(target, "Sec-WebSocket-Protocol: a, b").headers())
          .containsEntry("sec-websocket-protocol", "a");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "a,",
        ",a",
        "a,,b",
        "a b",
        "a;b",
        "a, a",
        "a\r\nSec-WebSocket-Protocol: a",
        "\u00e9"
      })
  void protocolsThatAreNoListOfDifferentTokensAreRefused(String offer) {
    try (RawConnection socket = server.connect()) {
      RawConnection.Response response =
          socket.upgrade(WEBSOCKET, "Sec-WebSocket-Protocol: " + offer);

      assertThat(response.status()).isEqualTo(400);
      assertThat(response.headers()).doesNotContainKey("sec-websocket-protocol");
    }
  }

  @Test
  void anOpeningHandshakeByAnotherMethodIsRefused() {
    String target = server.openPolling().replace("transport=polling", "transport=websocket");
    try (RawConnection socket = server.connect()) {
      socket.send(
          "POST",
          target,
          "",
          "Connection: Upgrade",
          "Upgrade: websocket",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");

      assertThat(socket.receive().status()).isEqualTo(400);
    }
  }

  @Test
  void textComesBackAsText() {
    try (RawConnection socket = server.openWebSocket()) {
      socket.sendText("4h€llo");

      assertThat(socket.text()).isEqualTo("4h€llo");
    }
  }

  @Test
  void bytesComeBackAsBytes() {
    try (RawConnection socket = server.openWebSocket()) {
      socket.sendFrame(0x80 | RawConnection.BINARY, new byte[] {1, 2, 3});
      RawConnection.Frame frame = socket.frame();

      assertThat(frame.opcode()).isEqualTo(RawConnection.BINARY);
      assertThat(frame.payload()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 124, 125, 126, 65534, 65535, 65536, 999_999})
  void everyLengthComesBack(int length) {
    try (RawConnection socket = server.openWebSocket()) {
      socket.sendText("4" + "x".repeat(length));

      assertThat(socket.text()).hasSize(length + 1);
    }
  }

  @Test
  void aMessageInFragmentsIsOneMessage() {
    try (RawConnection socket = server.openWebSocket()) {
      socket.sendFrame(RawConnection.TEXT, "4a".getBytes(StandardCharsets.UTF_8));
      socket.sendFrame(0x80 | RawConnection.PING, new byte[0]);
      socket.sendFrame(0x80, "b".getBytes(StandardCharsets.UTF_8));

      assertThat(socket.frame().opcode()).isEqualTo(RawConnection.PONG);
      assertThat(socket.text()).isEqualTo("4ab");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "", "7"})
  void anInvalidPacketEndsTheSession(String packet) {
    try (RawConnection socket = server.openWebSocket()) {
      socket.sendText(packet);

      assertThat(socket.closeStatus()).isEqualTo(1005);
      assertThat(socket.ended()).isTrue();
    }
    assertThat(server.nextClose()).isEqualTo(CloseReason.PARSE_ERROR);
  }

  /** As a message, as base64, and where the type should be. */
  @ParameterizedTest
  @ValueSource(strings = {"4\u00c3", "b\u00c3", "\u00ff"})
  void textThatIsNotUtf8EndsTheSession(String latin1) {
    try (RawConnection socket = server.openWebSocket()) {
      socket.sendFrame(0x80 | RawConnection.TEXT, latin1.getBytes(StandardCharsets.ISO_8859_1));

      assertThat(socket.closeStatus()).isEqualTo(1007);
      assertThat(socket.ended()).isTrue();
    }
    assertThat(server.nextClose()).isEqualTo(CloseReason.TRANSPORT_ERROR);
  }

  @Test
  void aTextInFragmentsMustBeUtf8AsAWhole() {
    try (RawConnection socket = server.openWebSocket()) {
      socket.sendFrame(RawConnection.TEXT, new byte[] {'4', (byte) 0xc3});
      socket.sendFrame(0x80, new byte[] {(byte) 0xa4});
      assertThat(socket.text()).isEqualTo("4\u00e4");

      socket.sendFrame(RawConnection.TEXT, new byte[] {'4', (byte) 0xc3});
      socket.sendFrame(0x80, new byte[] {'4'});
      assertThat(socket.closeStatus()).isEqualTo(1007);
    }
  }

  @Test
  void aFrameThatIsTooLongEndsTheSession() {
    try (RawConnection socket = server.openWebSocket()) {
      socket.sendText("4" + "x".repeat(1_000_000));

      assertThat(socket.closeStatus()).isEqualTo(1009);
    }
    assertThat(server.nextClose()).isEqualTo(CloseReason.TRANSPORT_ERROR);
  }

  @Test
  void fragmentsThatAreTooLongTogetherEndTheSession() {
    try (RawConnection socket = server.openWebSocket()) {
      byte[] part = new byte[600_000];
      Arrays.fill(part, (byte) '4');
      socket.sendFrame(RawConnection.TEXT, part);
      socket.sendFrame(0x80, part);

      assertThat(socket.closeStatus()).isEqualTo(1009);
    }
  }

  @Test
  void aFrameWithoutAMaskEndsTheSession() {
    try (RawConnection socket = server.openWebSocket()) {
      socket.write(new byte[] {(byte) 0x81, 2, '4', 'a'});

      assertThat(socket.closeStatus()).isEqualTo(1002);
    }
  }

  @Test
  void aConnectionThatBrokeTheProtocolEndsAtTheClientsCloseFrame() {
    try (RawConnection socket = server.openWebSocket()) {
      socket.write(new byte[] {(byte) 0x81, 2, '4', 'a'});
      long startNanos = System.nanoTime();
      assertThat(socket.closeStatus()).isEqualTo(1002);

      assertThat(socket.ended()).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(ofMillis(900));
    }
  }

  @Test
  void aConnectionThatBrokeTheProtocolEndsAfterASecondInAnyCase() {
    try (RawConnection socket = server.openWebSocket()) {
      long startNanos = System.nanoTime();
      socket.sendFrame(0x80 | 3, new byte[5]);
      assertThat(socket.frame().opcode()).isEqualTo(RawConnection.CLOSE);

      assertThat(socket.ended()).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
          .isBetween(ofSeconds(1), ofSeconds(3));
    }
  }

  @Test
  void aConnectionThatBreaksTheProtocolAfterItWasClosedEndsAfterASecondToo() {
    try (RawConnection socket = server.openWebSocket()) {
      server.sessions.values().forEach(session -> session.close(CloseReason.FORCED_SERVER_CLOSE));
      assertThat(socket.frame().opcode()).isEqualTo(RawConnection.CLOSE);
      long startNanos = System.nanoTime();
      socket.sendFrame(0x80 | 3, new byte[5]);

      assertThat(socket.ended()).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(ofSeconds(3));
    }
  }

  @Test
  void aClientThatTheLayerAboveRefusesEndsAfterASecondToo() {
    try (RawConnection socket = server.openWebSocket()) {
      server.sessions.values().forEach(session -> session.close(CloseReason.FORCED_CLOSE));
      assertThat(socket.frame().opcode()).isEqualTo(RawConnection.CLOSE);
      long startNanos = System.nanoTime();

      assertThat(socket.ended()).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(ofSeconds(3));
    }
  }

  @Test
  void theCloseFrameReachesAClientThatIsStillSendingWhatIsTooLong() {
    try (RawConnection socket = server.openWebSocket()) {
      byte[] tooLong = new byte[20_000_000];
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(() -> socket.sendFrame(0x80 | RawConnection.TEXT, tooLong));
      assertThat(socket.frame().opcode()).isEqualTo(RawConnection.CLOSE);
      sent.join();
      socket.sendFrame(0x80 | RawConnection.CLOSE, new byte[0]);

      assertThat(socket.ended()).isTrue();
    }
  }

  @Test
  void pingsAndPongsKeepASessionAlive() {
    try (EchoServer impatient = EchoServer.impatient();
        RawConnection socket = impatient.openWebSocket()) {
      for (int i = 0; i < 3; i++) {
        assertThat(socket.text()).isEqualTo("2");
        socket.sendText("3");
      }
    }
  }

  @Test
  void aSilentClientIsClosed() {
    try (EchoServer impatient = EchoServer.impatient();
        RawConnection socket = impatient.openWebSocket()) {
      assertThat(socket.text()).isEqualTo("2");
      assertThat(socket.closeStatus()).isEqualTo(1005);
      assertThat(socket.ended()).isTrue();
      assertThat(impatient.nextClose()).isEqualTo(CloseReason.PING_TIMEOUT);
    }
  }

  @Test
  void aClientMayCloseByAPacket() {
    try (RawConnection socket = server.openWebSocket()) {
      socket.sendText("1");

      assertThat(socket.closeStatus()).isEqualTo(1005);
    }
    assertThat(server.nextClose()).isEqualTo(CloseReason.TRANSPORT_CLOSE);
  }

  @Test
  void aClientMayCloseByAFrameAndGetsItsStatusBack() {
    try (RawConnection socket = server.openWebSocket()) {
      socket.sendFrame(0x80 | RawConnection.CLOSE, new byte[] {0x03, (byte) 0xe8});

      assertThat(socket.closeStatus()).isEqualTo(1000);
      assertThat(socket.ended()).isTrue();
    }
    assertThat(server.nextClose()).isEqualTo(CloseReason.TRANSPORT_CLOSE);
  }

  @Test
  void aClientThatVanishesIsClosed() {
    server.openWebSocket().close();

    assertThat(server.nextClose()).isEqualTo(CloseReason.TRANSPORT_CLOSE);
  }

  @Test
  void aConnectionThatHadAResponseBecomesAWebSocket() {
    try (RawConnection socket = server.connect()) {
      assertThat(socket.get("/nobody/is/here").status()).isEqualTo(404);
      assertThat(socket.upgrade(WEBSOCKET).status()).isEqualTo(101);
      assertThat(socket.text()).startsWith("0");
      socket.sendText("4a");
      assertThat(socket.text()).isEqualTo("4a");
    }
  }

  @Test
  void aFrameBehindTheHandshakeIsNotLost() {
    try (RawConnection socket = server.connect()) {
      byte[] request =
          ("GET "
                  + WEBSOCKET
                  + " HTTP/1.1\r\n"
                  + "Host: a\r\n"
                  + "Connection: Upgrade\r\n"
                  + "Upgrade: websocket\r\n"
                  + "Sec-WebSocket-Version: 13\r\n"
                  + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
              .getBytes(StandardCharsets.UTF_8);
      byte[] frame = {(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, '4', 'a'};
      socket.write(
          ByteBuffer.allocate(request.length + frame.length).put(request).put(frame).array());

      assertThat(socket.receive().status()).isEqualTo(101);
      assertThat(socket.text()).startsWith("0");
      assertThat(socket.text()).isEqualTo("4a");
    }
  }

  @Test
  void ofThePingsOfAClientThatDoesNotReadTheLastIsAnswered() {
    int batches = 150;
    ByteBuffer batch = ByteBuffer.allocate(1000 * (6 + 125));
    while (batch.hasRemaining()) {
      batch.put((byte) (0x80 | RawConnection.PING)).put((byte) (0x80 | 125)).put(new byte[4 + 125]);
    }
    try (RawConnection socket = server.openWebSocket()) {
      for (int i = 0; i < batches; i++) {
        socket.write(batch.array());
      }
      byte[] last = {1, 2, 3};
      socket.sendFrame(0x80 | RawConnection.PING, last);

      int pongs = 1;
      while (!socket.frame().payload().equals(ByteBuffer.wrap(last))) {
        pongs++;
      }
      assertThat(pongs).isLessThan(batches * 1000);
    }
  }
}
