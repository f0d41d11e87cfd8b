package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.HostId;
import io.starling.manager.MessageTooLargeException;
import io.starling.manager.Operation;
import io.starling.manager.Recipients;
import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameCodecTest {
  private static final HostId ORIGIN = new HostId("A");
  private static final Header HEADER = new Header(ORIGIN, "starling:all", 1, 1, 0);

  private static ByteBuffer frame(PubSubMessage... messages) {
    List<ByteBuffer> encoded = List.of(messages).stream().map(MessageCodec::encode).toList();
    Header header = new Header(ORIGIN, "starling:all", 1, encoded.size(), 0);
    return FrameCodec.encode(header, encoded, FrameSeal.NONE);
  }

  @Property(tries = 2_000)
  void anyBytesAreAFrameOrMalformed(@ForAll @Size(max = 60) byte[] bytes) {
    decodeAll(ByteBuffer.wrap(bytes));
  }

  @Property(tries = 2_000)
  void aGoodFrameWithOneChangedByteIsAFrameOrMalformed(
      @ForAll @IntRange(max = 200) int index, @ForAll byte value) {
    byte[] bytes =
        frame(
                new PubSubMessage.Perform("/", new Operation.CloseRoom("r"), 0),
                new PubSubMessage.Bye(-1))
            .array();
    bytes[index % bytes.length] = value;
    decodeAll(ByteBuffer.wrap(bytes));
  }

  private static void decodeAll(ByteBuffer bytes) {
    try {
      for (ByteBuffer message : FrameCodec.split(FrameCodec.decode(bytes, FrameSeal.NONE))) {
        MessageCodec.decode(ORIGIN, message);
      }
    } catch (MalformedFrameException e) {
      assertThat(e).hasMessageMatching("(?s)[a-zA-Z]+: .*");
    }
  }

  @Test
  void anotherMagicVersionOrFlagIsRefusedBeforeTheHeaderIsRead() {
    for (int index = 0; index < 4; index++) {
      byte[] bytes = frame(new PubSubMessage.Bye(-1)).array();
      bytes[index]++;
      assertThatThrownBy(() -> FrameCodec.decode(ByteBuffer.wrap(bytes), FrameSeal.NONE))
          .isInstanceOf(MalformedFrameException.class);
    }
  }

  @Test
  void aFrameOverTheLimitIsRefusedUnread() {
    assertThatThrownBy(
            () ->
                FrameCodec.decode(
                    ByteBuffer.allocate(FrameCodec.MAX_FRAME_BYTES + 1), FrameSeal.NONE))
        .hasMessageContaining("expected: at most 1040000");
  }

  @Test
  void aCountThatDoesNotFitTheBodyIsRefused() throws Exception {
    Header header = new Header(ORIGIN, "starling:all", 1, 1_000_000_000, 0);
    FrameCodec.Frame frame =
        FrameCodec.decode(
            FrameCodec.encode(
                header, List.of(MessageCodec.encode(new PubSubMessage.Bye(-1))), FrameSeal.NONE),
            FrameSeal.NONE);

    assertThatThrownBy(() -> FrameCodec.split(frame)).hasMessageContaining("count");
  }

  @Test
  void laterVersionsMayAddElementsAndKinds() throws Exception {
    byte[] closeRoomWithOneMore = {
      (byte) 0x94, 0x08, (byte) 0xa1, '/', (byte) 0xa1, 'r', (byte) 0xc0
    };
    byte[] unknownKind = {(byte) 0x92, 0x63, (byte) 0xa0};

    assertThat(MessageCodec.decode(ORIGIN, ByteBuffer.wrap(closeRoomWithOneMore)))
        .isEqualTo(new PubSubMessage.Perform("/", new Operation.CloseRoom("r"), 0));
    assertThat(MessageCodec.decode(ORIGIN, ByteBuffer.wrap(unknownKind))).isNull();
  }

  @Test
  void readOnlyBuffersOfTheHeapAreRead() throws Exception {
    assertThat(
            FrameCodec.decode(frame(new PubSubMessage.Bye(-1)).asReadOnlyBuffer(), FrameSeal.NONE)
                .header())
        .isEqualTo(HEADER);
  }

  @Test
  void aMessageThatFitsNoFrameIsRefused() {
    EventPayload large =
        new EventPayload(ByteBuffer.allocate(FrameCodec.MAX_FRAME_BYTES), List.of());

    assertThatThrownBy(
            () ->
                MessageCodec.encode(
                    new PubSubMessage.Perform("/", new Operation.Emit(Recipients.ALL, large), 1)))
        .isInstanceOf(MessageTooLargeException.class);
  }

  @Test
  void namesAreValidUnicodeOfAtMostOneKibibyte() {
    assertThatThrownBy(
            () ->
                MessageCodec.encode(
                    new PubSubMessage.Perform("/", new Operation.CloseRoom("r".repeat(1_025)), 0)))
        .hasMessageContaining("expected: at most 1024 bytes in UTF-8");
    assertThatThrownBy(
            () ->
                MessageCodec.encode(
                    new PubSubMessage.Perform("/", new Operation.CloseRoom("\ud800"), 0)))
        .hasMessage("room: a lone surrogate (expected: valid Unicode)");
  }
}
