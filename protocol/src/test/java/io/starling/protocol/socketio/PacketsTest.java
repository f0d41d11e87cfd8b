package io.starling.protocol.socketio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.protocol.engineio.MalformedPacketException;
import io.starling.protocol.payload.EventPayload;
import io.starling.protocol.socketio.SocketIoPacket.Ack;
import io.starling.protocol.socketio.SocketIoPacket.Connect;
import io.starling.protocol.socketio.SocketIoPacket.ConnectError;
import io.starling.protocol.socketio.SocketIoPacket.Connected;
import io.starling.protocol.socketio.SocketIoPacket.Disconnect;
import io.starling.protocol.socketio.SocketIoPacket.Event;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The texts stand as in the protocol's documents. */
final class PacketsTest {
  private final PacketParser parser =
      new PacketParser(namespace -> !namespace.equals("/left"), new PacketLimits(10, 500));

  static Stream<Golden> golden() {
    ObjectNode token = JsonNodeFactory.instance.objectNode().put("token", "123");
    return Stream.of(
        new Golden("0", new Connect("/", null)),
        new Golden("0{\"token\":\"123\"}", new Connect("/", token)),
        new Golden("0/admin,{\"token\":\"123\"}", new Connect("/admin", token)),
        new Golden("1", new Disconnect("/")),
        new Golden("1/admin,", new Disconnect("/admin")),
        new Golden("2[\"auth\",{}]", new Event("/", -1, payload("[\"auth\",{}]"))),
        new Golden("2/custom,[\"a\"]", new Event("/custom", -1, payload("[\"a\"]"))),
        new Golden("2/custom,7[\"a\"]", new Event("/custom", 7, payload("[\"a\"]"))),
        new Golden("20[1,2]", new Event("/", 0, payload("[1,2]"))),
        new Golden("3456[1,\"2\"]", new Ack("/", 456, payload("[1,\"2\"]"))),
        new Golden("3/admin,1[]", new Ack("/admin", 1, payload("[]"))),
        new Golden(
            "4/random,{\"message\":\"Invalid namespace\"}",
            new ConnectError(
                "/random",
                JsonNodeFactory.instance.objectNode().put("message", "Invalid namespace"))),
        new Golden(
            "52-[\"b\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]",
            new Event(
                "/",
                -1,
                payload(
                    "[\"b\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]",
                    "one",
                    "two"))),
        new Golden(
            "61-/admin,789[{\"_placeholder\":true,\"num\":0}]",
            new Ack("/admin", 789, payload("[{\"_placeholder\":true,\"num\":0}]", "one"))));
  }

  /** With what a server sends and never receives. */
  static Stream<Golden> goldenOfServer() {
    return Stream.concat(
        golden(),
        Stream.of(
            new Golden("0{\"sid\":\"a-1_B\"}", new Connected("/", "a-1_B")),
            new Golden("0/admin,{\"sid\":\"a-1_B\"}", new Connected("/admin", "a-1_B"))));
  }

  @ParameterizedTest
  @MethodSource("golden")
  void goldenTextIsParsed(Golden golden) {
    assertThat(parse(golden.text, attachments(golden.packet))).isEqualTo(golden.packet);
  }

  @ParameterizedTest
  @MethodSource("goldenOfServer")
  void goldenPacketIsEncoded(Golden golden) {
    assertThat(UTF_8.decode(PacketEncoder.encode(golden.packet)).toString()).isEqualTo(golden.text);
  }

  @Test
  void everyKindOfPacketHasAGoldenText() {
    assertThat(goldenOfServer().<Object>map(golden -> golden.packet.getClass()))
        .contains((Object[]) SocketIoPacket.class.getPermittedSubclasses());
  }

  @Test
  void connectNeedsNoCommaBehindTheNamespace() {
    assertThat(parse("0/admin", List.of())).isEqualTo(new Connect("/admin", null));
  }

  @Test
  void questionMarkBelongsToTheName() {
    assertThat(parse("0/a?x=1,", List.of())).isEqualTo(new Connect("/a?x=1", null));
  }

  @Test
  void placeholderWithoutAttachmentsIsTheUsersOwn() {
    String json = "[\"a\",{\"_placeholder\":true,\"num\":7}]";
    assertThat(parse("2" + json, List.of())).isEqualTo(new Event("/", -1, payload(json)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "7",
        "abc",
        "0[]",
        "0null",
        "0\"x\"",
        "0{} x",
        "01{}",
        "1{}",
        "11",
        "2",
        "2{}",
        "2[]",
        "2 [\"x\"]",
        "2[null]",
        "2[[\"x\"]]",
        "2[true,1]",
        "2[\"connect\"]",
        "2[\"disconnecting\",1]",
        "2[\"newListener\"]",
        "2[\"x\"]y",
        "2[\"x\"",
        "2abc[\"x\"]",
        "2-1[\"x\"]",
        "2[\"x\",NaN]",
        "2[\"x\",1e99999999999]",
        "2[\"x\",{\"a\":[-1E+1000000000]}]",
        "2[1e99999999999]",
        "31[1e99999999999]",
        "31[[{\"a\":1e-99999999999}]]",
        "61-[{\"_placeholder\":true,\"num\":0},1e99999999999]",
        "2[\"x\",01]",
        "2[\"x\",\"\\x\"]",
        "2/admin",
        "21234567890123456789[\"x\"]",
        "3[]",
        "31{}",
        "31",
        "4",
        "5[\"x\"]",
        "50-[\"x\"]",
        "5-[\"x\"]",
        "511-[\"x\"]",
        "599999999999999999999-[\"x\"]",
        "51.5-[\"x\"]",
        "51-[\"x\",{\"_placeholder\":true,\"num\":1}]",
        "51-[\"x\",[{\"_placeholder\":true,\"num\":-1}]]",
        "51-[\"x\",{\"a\":{\"_placeholder\":true,\"num\":\"0\"}}]",
        "51-[\"x\",{\"_placeholder\":true}]",
        "51-[\"connect\"]",
        "51-/left,[\"x\",{\"_placeholder\":true,\"num\":0}]",
        "61-[{\"_placeholder\":true,\"num\":0}]"
      })
  void brokenPacketIsRefused(String text) {
    assertThatThrownBy(() -> parser.text(UTF_8.encode(text)))
        .isInstanceOf(MalformedPacketException.class)
        .hasMessageMatching("(?s).+");
  }

  @Test
  void badUtf8IsRefused() {
    byte[] bytes = {'2', '[', '"', (byte) 0xff, '"', ']'};
    assertThatThrownBy(() -> parser.text(ByteBuffer.wrap(bytes)))
        .isInstanceOf(MalformedPacketException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 500, 2000})
  void nestingUpToTheLimitIsTakenAndDeeperIsRefused(int limit) {
    PacketParser bounded = new PacketParser(namespace -> true, new PacketLimits(10, limit));
    for (int attachments = 0; attachments < 2; attachments++) {
      String head = attachments == 0 ? "2" : "51-";
      bounded.text(UTF_8.encode(head + nested(limit)));
      if (attachments > 0) {
        bounded.binary(ByteBuffer.allocate(1));
      }
      assertThatThrownBy(() -> bounded.text(UTF_8.encode(head + nested(limit + 1))))
          .isInstanceOf(MalformedPacketException.class)
          .hasMessageContaining("nesting depth (" + (limit + 1) + ")");
    }
  }

  /** An event that is nested so deep, its own array included. */
  private static String nested(int depth) {
    return "[\"x\"" + (depth > 1 ? "," : "") + "[".repeat(depth - 1) + "]".repeat(depth);
  }

  @Test
  void namesNumbersAndKeysHaveTheirLimits() {
    String name = "x".repeat(1024);
    String number = "1".repeat(1000);
    String key = "k".repeat(50_000);
    parser.text(UTF_8.encode("2/" + name.substring(1) + ",[\"" + name + "\"," + number + "]"));
    parser.text(UTF_8.encode("2[\"x\",{\"" + key + "\":1}]"));

    assertThatThrownBy(() -> parser.text(UTF_8.encode("2[\"x" + name + "\"]")))
        .hasMessageContaining("at most 1024 bytes");
    assertThatThrownBy(() -> parser.text(UTF_8.encode("2/" + name + ",[\"x\"]")))
        .hasMessageContaining("namespace: 1025 bytes (expected: at most 1024)");
    assertThatThrownBy(() -> parser.text(UTF_8.encode("2[\"x\",1" + number + "]")))
        .hasMessageContaining("Number value length (1001)");
    assertThatThrownBy(() -> parser.text(UTF_8.encode("2[\"x\",{\"k" + key + "\":1}]")))
        .hasMessageContaining("Name length (50001)");
  }

  @Test
  void textWhileAnAttachmentIsDueIsRefused() {
    parser.text(UTF_8.encode("51-[\"x\",{\"_placeholder\":true,\"num\":0}]"));
    assertThatThrownBy(() -> parser.text(UTF_8.encode("2[\"x\"]")))
        .isInstanceOf(MalformedPacketException.class)
        .hasMessage("message: text (expected: an attachment)");
  }

  @Test
  void attachmentThatNobodyWaitsForIsRefused() {
    assertThatThrownBy(() -> parser.binary(ByteBuffer.allocate(1)))
        .isInstanceOf(MalformedPacketException.class)
        .hasMessage("message: binary (expected: text)");
  }

  @Test
  void parsedPacketOutlivesTheMessage() {
    byte[] message = "2[\"abc\"]".getBytes(UTF_8);
    SocketIoPacket packet = parser.text(ByteBuffer.wrap(message));
    Arrays.fill(message, (byte) 0);
    assertThat(packet).isEqualTo(new Event("/", -1, payload("[\"abc\"]")));
  }

  private @Nullable SocketIoPacket parse(String text, List<ByteBuffer> attachments) {
    SocketIoPacket packet = parser.text(UTF_8.encode(text));
    for (ByteBuffer attachment : attachments) {
      assertThat(packet).isNull();
      packet = parser.binary(attachment);
    }
    return packet;
  }

  private static List<ByteBuffer> attachments(SocketIoPacket packet) {
    if (packet instanceof Event event) {
      return event.payload().attachments();
    }
    return packet instanceof Ack ack ? ack.payload().attachments() : List.of();
  }

  private static EventPayload payload(String json, String... attachments) {
    return new EventPayload(UTF_8.encode(json), Stream.of(attachments).map(UTF_8::encode).toList());
  }

  record Golden(String text, SocketIoPacket packet) {}
}
