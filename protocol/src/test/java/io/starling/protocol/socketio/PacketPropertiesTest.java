package io.starling.protocol.socketio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.protocol.engineio.MalformedPacketException;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

final class PacketPropertiesTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  @Property
  void whatIsEncodedIsParsedAgain(@ForAll("packets") SocketIoPacket packet) {
    PacketParser parser = new PacketParser(namespace -> true, new PacketLimits(10, 500));
    @Nullable SocketIoPacket parsed = parser.text(PacketEncoder.encode(packet));
    List<ByteBuffer> attachments =
        packet instanceof SocketIoPacket.Event event ? event.payload().attachments() : List.of();
    for (ByteBuffer attachment : attachments) {
      parsed = parser.binary(attachment);
    }
    assertThat(parsed).isEqualTo(packet);
  }

  @Property
  void anyBytesGiveAPacketOrAreRefused(@ForAll byte[] bytes) {
    parse(bytes);
  }

  @Property
  void anyTextThatLooksLikeAPacketGivesAPacketOrIsRefused(@ForAll("nearlyPackets") String text) {
    parse(text.getBytes(UTF_8));
  }

  @Provide
  Arbitrary<SocketIoPacket> packets() {
    Arbitrary<String> namespaces =
        Arbitraries.strings()
            .excludeChars(',')
            .ofMaxLength(20)
            .map(PacketPropertiesTest::namespace);
    Arbitrary<Long> ids = Arbitraries.longs().between(-1, 999_999_999_999_999_999L);
    return Combinators.combine(namespaces, ids, payloads()).as(SocketIoPacket.Event::new);
  }

  @Provide
  Arbitrary<String> nearlyPackets() {
    return Arbitraries.of(
            "0",
            "1",
            "2",
            "3",
            "4",
            "5",
            "6",
            "/a,",
            "12",
            "1-",
            "[",
            "]",
            "\"x\"",
            ",",
            "{",
            "}",
            ":",
            "null",
            "\\",
            "_placeholder")
        .list()
        .ofMaxSize(12)
        .map(parts -> String.join("", parts));
  }

  private static Arbitrary<EventPayload> payloads() {
    Arbitrary<String> names =
        Arbitraries.strings().ofMaxLength(40).map(PacketPropertiesTest::valid);
    Arbitrary<List<Object>> arguments =
        Arbitraries.oneOf(
                Arbitraries.strings().map(Object.class::cast),
                Arbitraries.longs().map(Object.class::cast),
                Arbitraries.doubles().map(Object.class::cast))
            .list()
            .ofMaxSize(4);
    Arbitrary<List<ByteBuffer>> attachments =
        Arbitraries.bytes().array(byte[].class).map(ByteBuffer::wrap).list().ofMaxSize(10);
    return Combinators.combine(names, arguments, attachments).as(PacketPropertiesTest::payload);
  }

  private static EventPayload payload(
      String name, List<Object> arguments, List<ByteBuffer> attachments) {
    List<Object> all = new ArrayList<>();
    all.add(name);
    all.addAll(arguments);
    return new EventPayload(ByteBuffer.wrap(MAPPER.writeValueAsBytes(all)), attachments);
  }

  private static String namespace(String name) {
    return "/" + valid(name);
  }

  private static String valid(String name) {
    return new String(name.getBytes(UTF_8), UTF_8);
  }

  private static void parse(byte[] bytes) {
    try {
      new PacketParser(namespace -> true, new PacketLimits(10, 500)).text(ByteBuffer.wrap(bytes));
    } catch (MalformedPacketException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }
}
