package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** Reader and writer against the reference library. */
class MessagePackTest {
  private interface Packing {
    void write(MessageBufferPacker packer) throws IOException;
  }

  private static ByteBuffer reference(Packing packing) throws IOException {
    try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
      packing.write(packer);
      return ByteBuffer.wrap(packer.toByteArray());
    }
  }

  @Property
  void aNumberTakesTheShortestForm(@ForAll @LongRange(max = Long.MAX_VALUE) long number)
      throws Exception {
    ByteBuffer written = new MessageWriter().number(number).finish();

    assertThat(written).isEqualTo(reference(packer -> packer.packLong(number)));
    assertThat(new MessageReader(written).nonNegativeLong("number")).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 127, 128, 255, 256, 65_535, 65_536, 4_294_967_295L, 4_294_967_296L})
  void aNumberAtTheEdgeOfAFormTakesTheShortest(long number) throws Exception {
    aNumberTakesTheShortestForm(number);
  }

  @Property
  void aNegativeNumberIsMalformed(@ForAll @LongRange(min = Long.MIN_VALUE, max = -1) long number)
      throws Exception {
    ByteBuffer written = reference(packer -> packer.packLong(number));

    assertThatThrownBy(() -> new MessageReader(written).nonNegativeLong("number"))
        .isInstanceOf(MalformedFrameException.class)
        .hasMessage("number: " + number + " (expected: at least 0)");
  }

  @Property
  void textIsReadAsItWasWritten(@ForAll @StringLength(max = 300) String any) throws Exception {
    String text = new String(any.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    ByteBuffer written = new MessageWriter().text(text).finish();

    assertThat(written).isEqualTo(reference(packer -> packer.packString(text)));
    assertThat(new MessageReader(written).string()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 15, 16, 31, 32, 255, 256, 65_535, 65_536})
  void lengthsAtTheEdgeOfAFormAreReadAsTheyWereWritten(int length) throws Exception {
    byte[] bytes = new byte[length];
    String text = "x".repeat(length);
    ByteBuffer written =
        new MessageWriter().text(text).binary(ByteBuffer.wrap(bytes)).array(length).finish();

    assertThat(written)
        .isEqualTo(
            reference(
                packer ->
                    packer
                        .packString(text)
                        .packBinaryHeader(length)
                        .addPayload(bytes)
                        .packArrayHeader(length)));
    MessageReader reader = new MessageReader(written);
    assertThat(reader.string()).isEqualTo(text);
    assertThat(reader.binary()).isEqualTo(ByteBuffer.wrap(bytes));
  }

  @Property
  void anyValueIsPassedOver(
      @ForAll @Size(max = 20) List<@NumericChars String> texts,
      @ForAll long number,
      @ForAll double fraction,
      @ForAll @Size(max = 300) byte[] bytes)
      throws Exception {
    List<Value> inside = texts.stream().map(text -> (Value) ValueFactory.newString(text)).toList();
    Value value =
        ValueFactory.newArray(
            ValueFactory.newNil(),
            ValueFactory.newBoolean(true),
            ValueFactory.newInteger(number),
            ValueFactory.newFloat(fraction),
            ValueFactory.newFloat((float) fraction),
            ValueFactory.newBinary(bytes),
            ValueFactory.newExtension((byte) 1, bytes),
            ValueFactory.newExtension((byte) 2, Arrays.copyOf(bytes, 16)),
            ValueFactory.newMapBuilder()
                .put(ValueFactory.newString("k"), ValueFactory.newArray(inside))
                .build());
    ByteBuffer written = reference(packer -> packer.packValue(value).packInt(7));
    MessageReader reader = new MessageReader(written);

    reader.skip(1);

    assertThat(reader.nonNegativeInt("number")).isEqualTo(7);
    assertThat(reader.position()).isEqualTo(written.remaining());
  }

  @Property
  void whatIsCutShortIsMalformed(@ForAll @Size(min = 1, max = 300) byte[] bytes) {
    ByteBuffer whole = new MessageWriter().binary(ByteBuffer.wrap(bytes)).finish();
    ByteBuffer cut = whole.slice(0, whole.remaining() - 1);

    assertThatThrownBy(() -> new MessageReader(cut).binary())
        .isInstanceOf(MalformedFrameException.class);
    assertThatThrownBy(() -> new MessageReader(cut).skip(1))
        .isInstanceOf(MalformedFrameException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ddffffffff", "df7fffffff", "dbffffffff", "c6ffffffff", "c9ffffffff"})
  void aLengthBeyondTheEndIsMalformedBeforeAnythingIsAllocated(String hex) {
    ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(hex));

    assertThatThrownBy(() -> new MessageReader(bytes).skip(1))
        .isInstanceOf(MalformedFrameException.class);
    assertThatThrownBy(() -> new MessageReader(bytes).strings())
        .isInstanceOf(MalformedFrameException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a180", "a2c3a9", "a3efbfbd"})
  void onlyValidUtf8IsText(String hex) throws Exception {
    ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(hex));

    if (hex.equals("a180")) {
      assertThatThrownBy(() -> new MessageReader(bytes).string()).hasMessageContaining("UTF-8");
    } else {
      assertThat(new MessageReader(bytes).string()).hasSize(1);
    }
  }
}
