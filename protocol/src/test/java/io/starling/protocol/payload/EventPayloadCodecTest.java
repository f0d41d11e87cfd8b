package io.starling.protocol.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

class EventPayloadCodecTest {
  private static final byte[] BYTES = {1, 2, -3};

  private final EventPayloadCodec codec = EventPayloadCodec.standard();

  record Position(int zebra, double apple) {}

  @SuppressWarnings("ArrayRecordComponent")
  record Picture(String name, byte[] data, ByteBuffer thumbnail) {}

  record Raw(@JsonRawValue String json) {}

  @Test
  void anEventIsItsNameAndArguments() {
    assertThat(json(codec.encodeEvent("price", args("eur", 4.2, true))))
        .isEqualTo("[\"price\",\"eur\",4.2,true]");
  }

  @Test
  void noArgumentAndNullAndOneListAreThreeDifferentThings() {
    assertThat(json(codec.encodeArguments(args()))).isEqualTo("[]");
    assertThat(json(codec.encodeArguments(args((Object) null)))).isEqualTo("[null]");
    assertThat(json(codec.encodeArguments(args(List.of(1, 2))))).isEqualTo("[[1,2]]");
  }

  @Test
  void aRecordKeepsTheOrderOfItsComponents() {
    assertThat(written(new Position(1, 2.5))).isEqualTo("{\"zebra\":1,\"apple\":2.5}");
  }

  @Test
  void binaryValuesBecomePlaceholdersInOrderWhereverTheyAre() {
    ByteBuffer slice = ByteBuffer.wrap(new byte[] {9, 8, 7, 6}).position(1).limit(3);
    EventPayload payload =
        codec.encodeEvent(
            "image",
            args(
                BYTES,
                new Picture("cat", new byte[] {4}, slice),
                Map.of("deep", List.of(slice.asReadOnlyBuffer())),
                JsonNodeFactory.instance.binaryNode(new byte[] {5})));

    assertThat(json(payload))
        .isEqualTo(
            "[\"image\",{\"_placeholder\":true,\"num\":0},"
                + "{\"name\":\"cat\",\"data\":{\"_placeholder\":true,\"num\":1},"
                + "\"thumbnail\":{\"_placeholder\":true,\"num\":2}},"
                + "{\"deep\":[{\"_placeholder\":true,\"num\":3}]},"
                + "{\"_placeholder\":true,\"num\":4}]");
    assertThat(payload.attachments())
        .containsExactly(
            ByteBuffer.wrap(BYTES),
            ByteBuffer.wrap(new byte[] {4}),
            ByteBuffer.wrap(new byte[] {8, 7}),
            ByteBuffer.wrap(new byte[] {8, 7}),
            ByteBuffer.wrap(new byte[] {5}));
  }

  @Test
  void moreBinaryValuesThanAClientTakesAreRefused() {
    List<byte[]> eleven = Collections.nCopies(11, BYTES);

    assertThat(codec.encodeEvent("x", args(eleven.subList(1, 11))).attachments()).hasSize(10);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.encodeEvent("x", args(eleven)))
        .withMessage(
            "attachments: 11 (expected: at most 10 binary values in one packet, see"
                + " maxAttachments)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.encodeArguments(args(Map.of("deep", eleven))));
    assertThat(codec.withMaxAttachments(11).encodeEvent("x", eleven).attachments()).hasSize(11);
  }

  @Test
  void anAttachmentIsASnapshot() {
    byte[] mine = BYTES.clone();
    EventPayload payload = codec.encodeArguments(args(mine));
    mine[0] = 99;
    assertThat(payload.attachments()).containsExactly(ByteBuffer.wrap(BYTES));
  }

  @Test
  void whatIsNoNumberIsNull() {
    assertThat(written(Double.NaN)).isEqualTo("null");
    assertThat(written(Float.NEGATIVE_INFINITY)).isEqualTo("null");
    assertThat(written(new double[] {1, Double.POSITIVE_INFINITY})).isEqualTo("[1.0,null]");
    assertThat(written(new Position(1, Double.NaN))).isEqualTo("{\"zebra\":1,\"apple\":null}");
  }

  @Test
  void aLoneSurrogateIsAnEscapeAndAPairIsNot() {
    assertThat(written("a\ud800b\udc00")).isEqualTo("\"a\\ud800b\\udc00\"");
    assertThat(written("\ud83d\ude00")).isEqualTo("\"\ud83d\ude00\"");
    assertThat(written(Map.of("\udfff", 1))).isEqualTo("{\"\\udfff\":1}");
  }

  @Test
  void numbersKeepEveryDigit() {
    assertThat(written(Long.MAX_VALUE)).isEqualTo("9223372036854775807");
    assertThat(written(new BigInteger("-123456789012345678901234567890")))
        .isEqualTo("-123456789012345678901234567890");
    assertThat(written(new BigDecimal("1.10000000000000000000000000000000001")))
        .isEqualTo("1.10000000000000000000000000000000001");
  }

  @Test
  void noSettingOfTheMapperChangesTheText() {
    EventPayloadCodec odd =
        new EventPayloadCodec(
            JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .enable(
                    JsonWriteFeature.ESCAPE_NON_ASCII, JsonWriteFeature.WRITE_NUMBERS_AS_STRINGS)
                .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
                .build());
    assertThat(json(odd.encodeArguments(args(Map.of("é", List.of(new BigDecimal("1E+3")))))))
        .isEqualTo("[{\"é\":[1E+3]}]");
  }

  @Test
  void rawJsonIsCheckedAndMadeCompact() {
    assertThat(written(new Raw("{ \"a\" : [ 1, 2.50 ] }")))
        .isEqualTo("{\"json\":{\"a\":[1,2.50]}}");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> written(new Raw("{oops")))
        .withMessageStartingWith("argument 0: ");
    assertThatIllegalArgumentException().isThrownBy(() -> written(new Raw("1 2")));
  }

  @Test
  void dataThatLooksLikeAPlaceholderFailsBesideAttachmentsOnly() {
    Map<String, Object> lookalike = Map.of("x", Map.of("_placeholder", true));
    assertThat(written(lookalike)).isEqualTo("{\"x\":{\"_placeholder\":true}}");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.encodeEvent("e", args("a", lookalike, BYTES)))
        .withMessage(
            "argument 1: \"_placeholder\": true (expected: no such property beside binary values)");
  }

  @Test
  void dataThatMerelyMentionsAPlaceholderPasses() {
    codec.encodeArguments(args(BYTES, Map.of("_placeholder", false), "_placeholder", true));
    codec.encodeArguments(args(BYTES, Map.of("_placeholder", List.of(true))));
  }

  @Test
  void whatJsonCannotRepresentNamesTheArgument() {
    List<Object> endless = new ArrayList<>();
    endless.add(endless);
    Runnable lambda = () -> {};
    for (Object bad : new Object[] {endless, lambda, new Object()}) {
      assertThatIllegalArgumentException()
          .as("%s", bad.getClass())
          .isThrownBy(() -> codec.encodeEvent("e", args(1, bad)))
          .withMessageStartingWith("argument 1: ")
          .withMessageEndingWith(" (expected: a value that JSON can represent)");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"connect", "disconnect", "newListener", "\ud800"})
  void anEventThatClientsRefuseIsNotSent(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> codec.encodeEvent(name, List.of()));
  }

  @Test
  void anEventNameHasAtMostOneKibibyte() {
    codec.encodeEvent("é".repeat(512), List.of());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.encodeEvent("é".repeat(513), List.of()))
        .withMessageContaining("at most 1024 bytes");
  }

  @Test
  void decodingPutsAttachmentsInPlace() {
    EventPayload payload = codec.encodeEvent("image", args(new Picture("cat", BYTES, slice())));
    Event event = codec.decodeEvent(payload);

    assertThat(event.name()).isEqualTo("image");
    assertThat(event.arguments().size()).isEqualTo(1);
    assertThat(event.arguments().node(0).get("data").binaryValue()).isEqualTo(BYTES);
    Picture picture = Objects.requireNonNull(event.arguments().get(0, Picture.class));
    assertThat(picture.data()).isEqualTo(BYTES);
    assertThat(picture.thumbnail()).isEqualTo(slice());
  }

  @Test
  void decodedArgumentsArePlainJava() {
    Arguments all =
        codec.decode(payload("[1,9999999999,12345678901234567890,4.2,\"a\",true,null,[1],{}]"));
    assertThat(all.toList())
        .containsExactly(
            1,
            9_999_999_999L,
            new BigInteger("12345678901234567890"),
            4.2,
            "a",
            true,
            null,
            List.of(1),
            Map.of());
    assertThat(all.get(9)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.1234567890123456789", "1E+400", "12345678901234567890.5"})
  void aFractionThatNoDoubleHoldsPassesThroughUnharmed(String digits) {
    JsonNode node = codec.decode(payload("[" + digits + "]")).node(0);
    assertThat(node.decimalValue()).isEqualTo(new BigDecimal(digits));
    assertThat(written(node)).isEqualTo(digits);
  }

  @Test
  void aHugeExponentCostsNothing() {
    Arguments huge = codec.decode(payload("[1E+999999999]"));
    org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> {
          for (Class<?> type : List.of(int.class, long.class, BigInteger.class, String.class)) {
            try {
              huge.get(0, type);
            } catch (IllegalArgumentException e) {
              assertThat(e).hasMessageStartingWith("argument 0: ");
            }
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"1E+999999999", "1E-999999999", "0.1E-999999998", "-9.9E-999999999"})
  void aReadableNumberCostsNothingInAnyType(String digits) {
    Arguments huge = codec.decode(payload("[" + digits + "]"));
    org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> {
          for (Class<?> type :
              List.of(
                  int.class,
                  Long.class,
                  double.class,
                  BigInteger.class,
                  BigDecimal.class,
                  String.class,
                  JsonNode.class,
                  Object.class)) {
            try {
              huge.get(0, type);
            } catch (IllegalArgumentException e) {
              assertThat(e).hasMessageStartingWith("argument 0: ");
            }
          }
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1e99999999999]",
        "[-1E+99999999999]",
        "[1e-99999999999]",
        "[0e1000000000]",
        "[1.5e2147483648]",
        "[{\"a\":[1,0.1e-2147483647]}]",
        "[1e99999999999999999999999999]"
      })
  void aNumberThatCannotBeReadIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.decode(payload(text)))
        .withMessageContaining("(expected: an exponent of at most 9 digits)");
  }

  @Test
  void zerosBeforeAnExponentDoNotCount() {
    assertThat(codec.decode(payload("[1e+00000000000002]")).get(0)).isEqualTo(100.0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "1", "[", "[1]]", "[1]x", "[1}", "[NaN]", "[{\"a\"}]"})
  void whatIsNoArrayIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.decode(payload(text)))
        .withMessageStartingWith("payload: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "-1", "\"0\"", "0.5", "99999999999", "null"})
  void aPlaceholderThatNoAttachmentHasIsRefused(String number) {
    String text = "[{\"_placeholder\":true,\"num\":" + number + "}]";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.decode(payload(text, ByteBuffer.wrap(BYTES))))
        .withMessageContaining("(expected: 0 to 0)");
  }

  @Test
  void withoutAttachmentsAPlaceholderIsAnObject() {
    assertThat(codec.decode(payload("[{\"_placeholder\":true,\"num\":0}]")).get(0))
        .isEqualTo(Map.of("_placeholder", true, "num", 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "[null,1]", "[[]]", "[\"connect\"]"})
  void anEventNeedsAName(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> codec.decodeEvent(payload(text)));
  }

  @Test
  void anEventNamedByANumberIsNamedByItsDigits() {
    assertThat(codec.decodeEvent(payload("[7,1]")).name()).isEqualTo("7");
  }

  @Test
  void anArgumentOfAnotherTypeNamesItsPlace() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.decode(payload("[1,\"x\"]")).get(1, Position.class))
        .withMessageStartingWith("argument 1: ");
  }

  @Test
  void aMapKeepsTheOrderOfItsKeys() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("z", 1);
    map.put("a", null);
    assertThat(written(map)).isEqualTo("{\"z\":1,\"a\":null}");
  }

  private String written(Object argument) {
    String array = json(codec.encodeArguments(args(argument)));
    return array.substring(1, array.length() - 1);
  }

  private static List<@Nullable Object> args(@Nullable Object... arguments) {
    return Arrays.asList(arguments);
  }

  private static ByteBuffer slice() {
    return ByteBuffer.wrap(new byte[] {8, 7});
  }

  private static EventPayload payload(String json, ByteBuffer... attachments) {
    return new EventPayload(StandardCharsets.UTF_8.encode(json), List.of(attachments));
  }

  private static String json(EventPayload payload) {
    return StandardCharsets.UTF_8.decode(payload.json()).toString();
  }
}
