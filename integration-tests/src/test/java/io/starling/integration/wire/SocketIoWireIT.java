package io.starling.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a conformance run asserts about Socket.IO, and about Engine.IO below it. */
final class SocketIoWireIT extends EngineIoAssertions {
  private static final String TWO_PLACEHOLDERS =
      "{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]";

  SocketIoWireIT() {
    super("/socket.io/");
  }

  @Override
  void assertAnswers(WireWebSocket socket) {
    assertThat(socket.send("40").message()).matches(connected(""));
  }

  @Override
  String openLastingPolling() {
    String session = client.openPolling();
    client.post(session, "40");
    assertThat(client.messages(session)).matches(connected("") + "\u001e42\\[\"auth\",\\{}]");
    return session;
  }

  @Override
  WireWebSocket openLastingWebSocket() {
    return joined(client);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "40                       |         | 42[\"auth\",{}]",
        "40{\"token\":\"123\"}    |         | 42[\"auth\",{\"token\":\"123\"}]",
        "40/custom,               | /custom, | 42/custom,[\"auth\",{}]",
        "40/custom,{\"token\":\"abc\"} | /custom, | 42/custom,[\"auth\",{\"token\":\"abc\"}]",
      })
  void aClientIsLetInAndThenGreeted(String connect, String namespace, String greeting) {
    WireWebSocket socket = client.openWebSocket().send(connect);

    assertThat(socket.message()).matches(connected(namespace == null ? "" : namespace));
    assertThat(socket.message()).isEqualTo(greeting);
  }

  @Test
  void everyIdIsAnother() {
    WireWebSocket socket = client.connect("?EIO=4&transport=websocket");
    String session = id(socket.message());
    String first = id(socket.send("40").message());
    socket.message();
    String second = id(socket.send("40/custom,").message());

    assertThat(Set.of(session, first, second)).hasSize(3);
  }

  private static String id(String packet) {
    int from = packet.indexOf("\"sid\":\"") + 7;
    return packet.substring(from, from + 20);
  }

  @Test
  void anUnknownNamespaceIsRefused() {
    assertThat(client.openWebSocket().send("40/random").message())
        .isEqualTo("44/random,{\"message\":\"Invalid namespace\"}");
  }

  @Test
  void aPacketThatIsNoneInsteadOfAConnectCloses() {
    assertThat(client.openWebSocket().send("4abc").message()).isEqualTo("closed 1005");
  }

  @Test
  void aClientThatJoinsNothingInTimeIsClosed() {
    WireWebSocket socket = client.openWebSocket();
    String received = socket.next();
    for (int pings = 0; pings < 4 && received.equals("2"); pings++) {
      socket.pong();
      received = socket.next();
    }

    assertThat(received).isEqualTo("closed 1005");
  }

  @Test
  void aClientThatLeavesItsNamespaceStaysConnected() {
    WireWebSocket socket = joined(client).send("41");

    assertThat(socket.next()).isEqualTo("2");
    socket.send("3");
    assertThat(socket.next()).isEqualTo("2");
  }

  @Test
  void leavingOneNamespaceLeavesTheOtherAlone() {
    WireWebSocket socket = joined(client).send("40/custom,");
    assertThat(socket.message()).matches(connected("/custom,"));
    assertThat(socket.message()).isEqualTo("42/custom,[\"auth\",{}]");
    socket.send("41/custom,").send("42[\"message\",\"still\"]");

    assertThat(socket.message()).isEqualTo("42[\"message-back\",\"still\"]");
  }

  @Test
  void argumentsComeBackAsTheyWere() {
    assertThat(joined(client).send("42[\"message\",1,\"2\",{\"3\":[true]}]").message())
        .isEqualTo("42[\"message-back\",1,\"2\",{\"3\":[true]}]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "1.5",
        "9007199254740993",
        "123456789012345678901234567890",
        "0.1",
        "null",
        "true",
        "\"\"",
        "\"\\\"\\\\\\n\u00fc\u20ac\ud83d\ude00\"",
        "[]",
        "{}",
        "{\"z\":1,\"a\":{\"y\":[2,{\"b\":null}],\"c\":\"\"}}"
      })
  void everyKindOfValueComesBackAsItWas(String json) {
    assertThat(joined(client).send("42[\"message\"," + json + "]").message())
        .isEqualTo("42[\"message-back\"," + json + "]");
  }

  @Test
  void bytesComeBackBehindTheirEvent() {
    WireWebSocket socket = joined(client).send("452-[\"message\"," + TWO_PLACEHOLDERS);
    socket.sendBinary(1, 2, 3).sendBinary(4, 5, 6);

    assertThat(socket.message()).isEqualTo("452-[\"message-back\"," + TWO_PLACEHOLDERS);
    assertThat(socket.message()).isEqualTo("binary 010203");
    assertThat(socket.message()).isEqualTo("binary 040506");
  }

  @Test
  void anEventIsAcknowledgedWithItsArguments() {
    assertThat(joined(client).send("42456[\"message-with-ack\",1,\"2\",{\"3\":[false]}]").message())
        .isEqualTo("43456[1,\"2\",{\"3\":[false]}]");
  }

  @Test
  void bytesAreAcknowledgedWithBytes() {
    WireWebSocket socket = joined(client).send("452-789[\"message-with-ack\"," + TWO_PLACEHOLDERS);
    socket.sendBinary(1, 2, 3).sendBinary(4, 5, 6);

    assertThat(socket.message()).isEqualTo("462-789[" + TWO_PLACEHOLDERS);
    assertThat(socket.message()).isEqualTo("binary 010203");
    assertThat(socket.message()).isEqualTo("binary 040506");
  }

  @ParameterizedTest
  @ValueSource(strings = {"4abc", "42{}", "42abc[\"message-with-ack\",1]"})
  void aPacketThatIsNoneCloses(String packet) {
    assertThat(joined(client).send(packet).message()).isEqualTo("closed 1005");
  }

  /** A client that is in {@code /} and was greeted. */
  static WireWebSocket joined(WireClient client) {
    WireWebSocket socket = client.openWebSocket().send("40");
    assertThat(socket.message()).matches(connected(""));
    assertThat(socket.message()).isEqualTo("42[\"auth\",{}]");
    return socket;
  }

  /** The id is the only thing that a client is told. */
  private static String connected(String namespace) {
    return "40" + namespace + "\\{\"sid\":\"[\\w-]{20}\"}";
  }
}
