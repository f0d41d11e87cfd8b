package io.starling.integration.wire;

import static io.starling.integration.wire.SocketIoWireIT.joined;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client must not send costs it its connection, and what looks odd but is fair does not. */
@Repeated
final class InvalidPacketIT {
  private static final String PLACEHOLDER = "{\"_placeholder\":true,\"num\":0}";
  private static final String CLOSED = "closed 1005";

  private final WireClient client = new WireClient("/socket.io/");

  @Test
  void aSecondConnectReplacesTheFirst() {
    WireWebSocket socket = joined(client).send("40");

    assertThat(socket.message()).startsWith("40{\"sid\":");
    assertThat(socket.message()).isEqualTo("42[\"auth\",{}]");
    assertThat(socket.send("42[\"message\",1]").message()).isEqualTo("42[\"message-back\",1]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"42[\"message\",1]", "42/custom,[\"message\",1]", "41", "430[]"})
  void aPacketBeforeTheConnectCloses(String packet) {
    assertThat(client.openWebSocket().send(packet).message()).isEqualTo(CLOSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"42/custom,[\"message\",1]", "430/custom,[]", "41/custom,"})
  void aPacketOfANamespaceThatWasNotJoinedCloses(String packet) {
    assertCloses(packet);
  }

  @ParameterizedTest
  @ValueSource(strings = {"40[]", "40null", "40\"x\"", "401", "40{", "40{}x"})
  void aConnectWithAnythingButAnObjectCloses(String packet) {
    assertThat(client.openWebSocket().send(packet).message()).isEqualTo(CLOSED);
  }

  @Test
  void aConnectErrorCloses() {
    assertCloses("44{\"message\":\"x\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"47", "48", "49[\"message\"]", "4a", "4"})
  void aPacketOfAnUnknownTypeCloses(String packet) {
    assertCloses(packet);
  }

  @ParameterizedTest
  @ValueSource(strings = {"42{}", "42[]", "42\"x\"", "42[null]", "42[{}]", "42[true]", "42[[]]"})
  void anEventWithoutANameCloses(String packet) {
    assertCloses(packet);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connect",
        "connect_error",
        "disconnect",
        "disconnecting",
        "newListener",
        "removeListener"
      })
  void anEventOfAReservedNameCloses(String name) {
    assertCloses("42[\"" + name + "\"]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"42[\"message\"]x", "42[\"message\"", "42-1[\"message\"]", "42x[\"a\"]"})
  void anEventThatDoesNotParseCloses(String packet) {
    assertCloses(packet);
  }

  @ParameterizedTest
  @ValueSource(strings = {"41{}", "41[]", "410"})
  void aDisconnectWithAPayloadCloses(String packet) {
    assertCloses(packet);
  }

  @Test
  void bytesThatNobodyWaitsForClose() {
    assertThat(joined(client).sendBinary(1).message()).isEqualTo(CLOSED);
  }

  @Test
  void textWhileAnAttachmentIsDueCloses() {
    assertThat(
            joined(client)
                .send("451-[\"message\"," + PLACEHOLDER + "]")
                .send("42[\"message\",1]")
                .message())
        .isEqualTo(CLOSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0-", "-1-", "1.5-", "11-", "99999999999-", "-", ""})
  void aCountOfAttachmentsThatIsNoneOrTooHighCloses(String count) {
    assertCloses("45" + count + "[\"message\"," + PLACEHOLDER + "]");
  }

  @Test
  void tenAttachmentsAreTaken() {
    String message = ("," + PLACEHOLDER).repeat(10) + "]";
    WireWebSocket socket = joined(client).send("4510-[\"message\"" + message);
    for (int i = 0; i < 10; i++) {
      socket.sendBinary(i);
    }

    assertThat(socket.message()).startsWith("4510-[\"message-back\",");
    for (int i = 0; i < 10; i++) {
      assertThat(socket.message()).startsWith("binary ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "-1", "0.5", "\"0\"", "null", "99999999999"})
  void aPlaceholderWithoutItsAttachmentCloses(String number) {
    assertCloses("451-[\"message\",{\"_placeholder\":true,\"num\":" + number + "}]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"42", "42 [\"message\"]", "42100000000000000000000[\"message\"]"})
  void whatTheOfficialServerTakesByAccidentCloses(String packet) {
    assertCloses(packet);
  }

  @Test
  void theHighestAckIdComesBackDigitByDigit() {
    assertThat(joined(client).send("42999999999999999999[\"message-with-ack\"]").message())
        .isEqualTo("43999999999999999999[]");
  }

  @Test
  void anAckThatNobodyWaitsForIsIgnored() {
    assertThat(joined(client).send("43123[1]").send("42[\"message\",1]").message())
        .isEqualTo("42[\"message-back\",1]");
  }

  @Test
  void anEventOfAClientThatLeftCloses() {
    assertThat(joined(client).send("41").send("42[\"message\",1]").message()).isEqualTo(CLOSED);
  }

  private void assertCloses(String packet) {
    assertThat(joined(client).send(packet).message()).isEqualTo(CLOSED);
  }
}
