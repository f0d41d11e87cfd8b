package io.starling.protocol.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadCodecTest {
  private static EngineIoPacket text(String text) {
    return new EngineIoPacket.Message(StandardCharsets.UTF_8.encode(text), false);
  }

  private static EngineIoPacket binary(byte... bytes) {
    return new EngineIoPacket.Message(ByteBuffer.wrap(bytes), true);
  }

  private static String encode(EngineIoPacket... packets) {
    return StandardCharsets.UTF_8.decode(PayloadCodec.encode(List.of(packets))).toString();
  }

  private static List<EngineIoPacket> decode(String payload) {
    List<EngineIoPacket> packets = new ArrayList<>();
    PayloadCodec.decode(StandardCharsets.UTF_8.encode(payload)).forEachRemaining(packets::add);
    return packets;
  }

  @Test
  void packetsAreSeparated() {
    assertThat(encode(text("test1"), new EngineIoPacket.Noop(), text("test3")))
        .isEqualTo("4test1\u001e6\u001e4test3");
  }

  @Test
  void binaryIsBase64WithoutAType() {
    assertThat(encode(text("hello"), binary((byte) 1, (byte) 2, (byte) 3, (byte) 4)))
        .isEqualTo("4hello\u001ebAQIDBA==");
  }

  @Test
  void payloadsDecodeInOrder() {
    assertThat(decode("4hello\u001ebAQIDBA==\u001e1"))
        .containsExactly(
            text("hello"),
            binary((byte) 1, (byte) 2, (byte) 3, (byte) 4),
            new EngineIoPacket.Close());
  }

  @Test
  void base64MayBeBrokenIntoLinesAsTheJavaClientDoes() {
    assertThat(decode("bAQI\nDBA==\n"))
        .containsExactly(binary((byte) 1, (byte) 2, (byte) 3, (byte) 4));
  }

  @Test
  void decodingStopsAtTheFirstBadPacketButNotBefore() {
    List<EngineIoPacket> packets = new ArrayList<>();

    assertThatThrownBy(
            () ->
                PayloadCodec.decode(StandardCharsets.UTF_8.encode("4a\u001eabc\u001e4b"))
                    .forEachRemaining(packets::add))
        .isInstanceOf(MalformedPacketException.class);
    assertThat(packets).containsExactly(text("a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "4a\u001e", "\u001e4a", "b####", "bA", "{}"})
  void otherPayloadsAreMalformed(String payload) {
    assertThatThrownBy(() -> decode(payload)).isInstanceOf(MalformedPacketException.class);
  }

  @Property
  void payloadsRoundTrip(@ForAll @NotEmpty List<byte[]> contents) {
    List<EngineIoPacket> packets = new ArrayList<>();
    contents.forEach(bytes -> packets.add(binary(bytes)));
    ByteBuffer payload = PayloadCodec.encode(packets);

    assertThat(decode(StandardCharsets.UTF_8.decode(payload).toString())).isEqualTo(packets);
  }

  @Property
  void theEncodedLengthIsExact(@ForAll byte[] bytes) {
    assertThat(PacketCodec.textLength(binary(bytes)))
        .isEqualTo(PayloadCodec.encode(List.of(binary(bytes))).remaining());
  }

  @Property
  void anyBytesGivePacketsOrAMalformedPacket(@ForAll byte[] bytes) {
    try {
      PayloadCodec.decode(ByteBuffer.wrap(bytes))
          .forEachRemaining(packet -> assertThat(packet).isNotNull());
    } catch (MalformedPacketException e) {
      assertThat(e).hasMessageContaining("expected");
    }
  }
}
