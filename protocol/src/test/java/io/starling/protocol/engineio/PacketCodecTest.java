package io.starling.protocol.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketCodecTest {
  private static ByteBuffer utf8(String text) {
    return StandardCharsets.UTF_8.encode(text);
  }

  /** A payload of one packet is like the text frame of that packet. */
  private static ByteBuffer encode(EngineIoPacket packet) {
    return PayloadCodec.encode(List.of(packet));
  }

  private static final List<EngineIoPacket> GOLDEN =
      List.of(
          new EngineIoPacket.Open("{\"sid\":\"abc\"}"),
          new EngineIoPacket.Close(),
          new EngineIoPacket.Ping("probe"),
          new EngineIoPacket.Pong("probe"),
          new EngineIoPacket.Message(utf8("h€llo"), false),
          new EngineIoPacket.Upgrade(),
          new EngineIoPacket.Noop());

  private static final List<String> GOLDEN_WIRE =
      List.of("0{\"sid\":\"abc\"}", "1", "2probe", "3probe", "4h€llo", "5", "6");

  @Test
  void goldenVectorsEncode() {
    assertThat(GOLDEN)
        .extracting(packet -> StandardCharsets.UTF_8.decode(encode(packet)).toString())
        .isEqualTo(GOLDEN_WIRE);
  }

  @Test
  void goldenVectorsDecode() {
    assertThat(GOLDEN_WIRE)
        .extracting(wire -> PacketCodec.decodeText(utf8(wire)))
        .isEqualTo(GOLDEN);
  }

  @Test
  void everyKindOfPacketHasAVector() {
    assertThat(GOLDEN)
        .extracting(Object::getClass)
        .hasSameElementsAs(List.of(EngineIoPacket.class.getPermittedSubclasses()));
  }

  @Test
  void aBinaryMessageIsItsBytes() {
    EngineIoPacket packet = new EngineIoPacket.Message(ByteBuffer.wrap(new byte[] {1, 2}), true);

    assertThat(PacketCodec.data(packet)).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
  }

  @Test
  void base64InATextIsABinaryMessage() {
    assertThat(PacketCodec.decodeText(utf8("bAQIDBA==")))
        .isEqualTo(new EngineIoPacket.Message(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), true));
    assertThat(PacketCodec.decodeText(utf8("b")))
        .isEqualTo(new EngineIoPacket.Message(ByteBuffer.allocate(0), true));
  }

  @Test
  void aBinaryMessageAsTextIsBAndBase64() {
    EngineIoPacket.Message message =
        new EngineIoPacket.Message(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), true);

    assertThat(PacketCodec.base64(message)).isEqualTo(utf8("bAQIDBA=="));
    assertThat(PacketCodec.textLength(message)).isEqualTo(9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "abc", "b*", "bA", "bA=B=", " 4", "€"})
  void otherTypesAreMalformed(String frame) {
    assertThatThrownBy(() -> PacketCodec.decodeText(utf8(frame)))
        .isInstanceOf(MalformedPacketException.class)
        .hasMessageContaining("expected");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80",
        "c0af",
        "c1bf",
        "e08080",
        "eda080",
        "f08fbfbf",
        "f4908080",
        "f5",
        "c3",
        "e282"
      })
  void malformedUtf8IsRefused(String hex) {
    ByteBuffer frame = ByteBuffer.allocate(9).put((byte) '4');
    for (int i = 0; i < hex.length(); i += 2) {
      frame.put((byte) Integer.parseInt(hex.substring(i, i + 2), 16));
    }
    assertThatThrownBy(() -> PacketCodec.decodeText(frame.flip()))
        .isInstanceOf(MalformedPacketException.class);
  }

  @Test
  void aMessageCannotBeChangedThroughItsData() {
    EngineIoPacket.Message message = new EngineIoPacket.Message(utf8("abc"), false);
    message.data().get();

    assertThat(message.data().isReadOnly()).isTrue();
    assertThat(message.data().remaining()).isEqualTo(3);
  }

  @Property
  void messagesRoundTrip(@ForAll String text) {
    // Encoding replaces lone surrogates, so the bytes are compared.
    EngineIoPacket packet = new EngineIoPacket.Message(utf8(text), false);

    assertThat(PacketCodec.decodeText(encode(packet))).isEqualTo(packet);
  }

  @Property
  void anyBytesGiveAPacketOrAMalformedPacket(@ForAll byte[] bytes) {
    try {
      assertThat(PacketCodec.decodeText(ByteBuffer.wrap(bytes))).isNotNull();
    } catch (MalformedPacketException e) {
      assertThat(e).hasMessageContaining("expected");
    }
  }

  @Property
  void utf8IsJudgedAsByThePlatform(@ForAll byte[] bytes) {
    assertThat(Utf8.wellFormed(ByteBuffer.wrap(bytes))).isEqualTo(platformAccepts(bytes));
  }

  private static boolean platformAccepts(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (java.nio.charset.CharacterCodingException e) {
      return false;
    }
  }

  @Test
  void aMessageShowsNothingOfWhatIsAroundIt() {
    ByteBuffer around = utf8("secret4hithere");
    around.position(6).limit(9);
    for (EngineIoPacket packet :
        List.of(PacketCodec.decodeText(around), PacketCodec.decodeBinary(around))) {
      ByteBuffer data = ((EngineIoPacket.Message) packet).data();
      int length = data.remaining();
      data.clear();

      assertThat(data.remaining()).isEqualTo(length);
    }
  }
}
