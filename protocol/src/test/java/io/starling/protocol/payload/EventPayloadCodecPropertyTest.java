package io.starling.protocol.payload;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class EventPayloadCodecPropertyTest {
  private final EventPayloadCodec codec = EventPayloadCodec.standard();

  @Property(tries = 300)
  void whatIsEncodedComesBack(@ForAll("values") List<Object> arguments) {
    Arguments decoded = codec.decode(codec.encodeArguments(arguments));
    assertThat(decoded.toList()).usingRecursiveComparison().isEqualTo(arguments);
  }

  @Property(tries = 300)
  void decodingAndEncodingAgainChangesNoByte(@ForAll("values") List<Object> arguments) {
    EventPayload once = codec.encodeEvent("e", arguments);
    Event event = codec.decodeEvent(once);
    EventPayload again =
        codec.encodeEvent(
            event.name(),
            java.util.stream.IntStream.range(0, event.arguments().size())
                .mapToObj(event.arguments()::node)
                .toList());
    assertThat(again).isEqualTo(once);
  }

  @Property(tries = 300)
  void anyStringSurvivesLoneSurrogatesIncluded(@ForAll String text) {
    EventPayload payload = codec.encodeArguments(List.of(text));
    assertThat(codec.decode(payload).get(0)).isEqualTo(text);
  }

  @Property(tries = 300)
  void anyDoubleComesBackAsThatDouble(@ForAll double number) {
    assertThat(codec.decode(codec.encodeArguments(List.of(number))).get(0)).isEqualTo(number);
  }

  @Property(tries = 300)
  void noDecimalLosesADigit(@ForAll BigDecimal number) {
    assertThat(codec.decode(codec.encodeArguments(List.of(number))).node(0).decimalValue())
        .isEqualByComparingTo(number);
  }

  @Property(tries = 1000)
  void anyBytesGiveArgumentsOrAnIllegalArgument(@ForAll byte[] bytes) {
    try {
      codec.decode(new EventPayload(ByteBuffer.wrap(bytes), List.of(ByteBuffer.allocate(1))));
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("(expected: ");
    }
  }

  @Provide
  Arbitrary<List<Object>> values() {
    Arbitrary<Object> leaf =
        Arbitraries.oneOf(
            Arbitraries.integers().asGeneric(),
            Arbitraries.longs().between(1L << 32, Long.MAX_VALUE).asGeneric(),
            Arbitraries.bigIntegers()
                .between(BigInteger.ONE.shiftLeft(64), BigInteger.ONE.shiftLeft(200))
                .asGeneric(),
            Arbitraries.doubles().asGeneric(),
            Arbitraries.strings().asGeneric(),
            Arbitraries.of(true, false).asGeneric(),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(20).asGeneric());
    return Arbitraries.recursive(
            () -> leaf,
            inner ->
                Arbitraries.oneOf(
                    inner,
                    inner.list().ofMaxSize(3).asGeneric(),
                    Arbitraries.maps(Arbitraries.strings().alpha(), inner)
                        .ofMaxSize(3)
                        .asGeneric()),
            2)
        .list()
        .ofMaxSize(4);
  }
}
