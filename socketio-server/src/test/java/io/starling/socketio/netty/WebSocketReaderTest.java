package io.starling.socketio.netty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakFailureExtension.class)
class WebSocketReaderTest {
  private static final int MAX_BYTES = 1000;
  private static final int FIN = 0x80;
  private static final int MASK = 0x9a3c51f7;

  private final RecordingReader reader = new RecordingReader(false);

  /** Each as its opcode and its payload, or {@code failed} and a status. */
  private static final class RecordingReader extends WebSocketReader {
    final List<String> heard = new ArrayList<>();

    RecordingReader(boolean deflates) {
      super(MAX_BYTES, deflates);
    }

    @Override
    void received(int opcode, ByteBuf buffer, int start, int length) {
      heard.add(opcode + " " + ByteBufUtil.hexDump(buffer, start, length));
    }

    @Override
    void failed(WebSocketCloseStatus status) {
      heard.add("failed " + status.code());
    }

    @Override
    void closedAfterFailure() {
      heard.add("closed");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 7, 8, 9, 125, 126, 127, 999, MAX_BYTES})
  void aMessageIsUnmaskedHoweverItArrives(int length) {
    byte[] payload = bytes(length);
    byte[] frame = frame(FIN | 1, payload);
    int cuts = Math.min(frame.length, 20);
    for (int cut = 0; cut <= cuts; cut++) {
      read(Arrays.copyOf(frame, cut));
      read(Arrays.copyOfRange(frame, cut, frame.length));
    }

    assertThat(reader.heard).hasSize(cuts + 1).containsOnly("1 " + hex(payload));
  }

  @Test
  void bytesThatComeOneByOneAreOneMessage() {
    byte[] payload = bytes(300);
    for (byte one : frame(FIN | 2, payload)) {
      read(new byte[] {one});
    }

    assertThat(reader.heard).containsExactly("2 " + hex(payload));
  }

  @Test
  void controlFramesComeBetweenTheFragmentsOfAMessage() {
    read(
        joined(
            frame(1, bytes(10)),
            frame(FIN | 9, bytes(3)),
            frame(0, bytes(0)),
            frame(FIN | 10, bytes(5)),
            frame(FIN, bytes(20)),
            frame(FIN | 2, bytes(1))));

    assertThat(reader.heard)
        .containsExactly(
            "9 " + hex(bytes(3)), "1 " + hex(bytes(10)) + hex(bytes(20)), "2 " + hex(bytes(1)));
  }

  @ParameterizedTest
  @CsvSource({
    "c1, 1002, a bit that nothing defines",
    "83, 1002, an unknown data frame",
    "8b, 1002, an unknown control frame",
    "80, 1002, a continuation of nothing",
    "09, 1002, a ping in parts"
  })
  void aFrameThatMustNotBeSentEndsTheReading(String first, int status, String what) {
    read(frame(Integer.parseInt(first, 16), bytes(4)));
    read(frame(FIN | 1, bytes(4)));

    assertThat(reader.heard).as(what).containsExactly("failed " + status);
  }

  @ParameterizedTest
  @CsvSource({"c1, a bit that nothing defines", "83, an unknown frame", "08, a close in parts"})
  void theCloseBehindAFrameThatMustNotBeSentIsTold(String first, String what) {
    byte[] stream =
        joined(
            frame(Integer.parseInt(first, 16), bytes(40)),
            frame(FIN | 1, bytes(4000)),
            frame(FIN | 8, bytes(0)));
    for (byte one : stream) {
      read(new byte[] {one});
    }

    assertThat(reader.heard).as(what).containsExactly("failed 1002", "closed");
  }

  @Test
  void theCloseBehindAMessageThatIsTooLongIsTold() {
    byte[] tooLong = frame(FIN | 1, bytes(MAX_BYTES + 1));
    read(Arrays.copyOf(tooLong, 100));
    read(joined(Arrays.copyOfRange(tooLong, 100, tooLong.length), frame(FIN | 8, bytes(0))));

    assertThat(reader.heard).containsExactly("failed 1009", "closed");
  }

  @Test
  void theCloseBehindAFrameWithoutAMaskIsTold() {
    read(joined(new byte[] {(byte) 0x81, 3, 1, 2, 3}, frame(FIN | 8, bytes(0))));

    assertThat(reader.heard).containsExactly("failed 1002", "closed");
  }

  @Test
  void aMessageThatBeginsInsideOfAnotherEndsTheReading() {
    read(joined(frame(1, bytes(4)), frame(FIN | 1, bytes(4))));

    assertThat(reader.heard).containsExactly("failed 1002");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"81fe0005", "81ff0000000000000005", "81ffffffffffffffffff", "89fe0080", "8104"})
  void aHeaderThatMustNotBeSentEndsTheReading(String header) {
    read(joined(ByteBufUtil.decodeHexDump(header), new byte[4]));

    assertThat(reader.heard).containsExactly("failed 1002");
  }

  @Test
  void whatIsAnnouncedAsTooLongIsRefusedBeforeItArrives() {
    byte[] frame = frame(FIN | 1, bytes(MAX_BYTES + 1));
    read(Arrays.copyOf(frame, 8));

    assertThat(reader.heard).containsExactly("failed 1009");
  }

  @Test
  void fragmentsThatAreTooLongTogetherAreRefused() {
    read(joined(frame(1, bytes(600)), frame(FIN, bytes(401))));

    assertThat(reader.heard).containsExactly("failed 1009");
  }

  @ParameterizedTest
  @CsvSource({
    "'', 8 ",
    "03e8, 8 03e8",
    "0bb86f6b, 8 0bb86f6b",
    "03, failed 1002 closed",
    "03e7, failed 1002 closed",
    "03ed, failed 1002 closed",
    "1388, failed 1002 closed",
    "ffff, failed 1002 closed",
    "03e8c3, failed 1007 closed"
  })
  void aCloseHasAStatusThatMayBeSentAndAReasonInUtf8(String payload, String heard) {
    read(frame(FIN | 8, ByteBufUtil.decodeHexDump(payload)));

    assertThat(String.join(" ", reader.heard).strip()).isEqualTo(heard.strip());
  }

  @Test
  void nothingCountsAfterAClose() {
    read(joined(frame(FIN | 8, bytes(0)), frame(FIN | 1, bytes(1))));
    read(frame(FIN | 1, bytes(1)));

    assertThat(reader.heard).containsExactly("8 ");
  }

  @Test
  void aReaderThatIsClosedByWhatItPassesOnStops() {
    byte[] piece = frame(1, bytes(3));
    List<byte[]> streams =
        List.of(
            joined(piece, frame(FIN | 9, bytes(2)), frame(FIN, bytes(3))),
            joined(frame(FIN | 1, bytes(3)), frame(FIN | 1, bytes(4))),
            joined(piece, frame(FIN, bytes(3)), frame(FIN | 1, bytes(4))));
    for (byte[] stream : streams) {
      ClosingReader closing = new ClosingReader();
      closing.read(buffer(stream));

      assertThat(closing.received).isEqualTo(1);
    }
  }

  private static final class ClosingReader extends WebSocketReader {
    int received;

    ClosingReader() {
      super(MAX_BYTES, false);
    }

    @Override
    void received(int opcode, ByteBuf buffer, int start, int length) {
      received++;
      end();
    }

    @Override
    void failed(WebSocketCloseStatus status) {
      throw new AssertionError(status);
    }

    @Override
    void closedAfterFailure() {
      throw new AssertionError("closed");
    }
  }

  @Test
  void whatIsIncompleteIsReleasedAtTheEnd() {
    read(Arrays.copyOf(frame(1, bytes(100)), 50));
    reader.end();
    read(frame(FIN, bytes(1)));

    assertThat(reader.heard).isEmpty();
  }

  @Test
  void whatWaitsAtTheEndIsPassedOnInOrderWhoeverPauses() {
    PausingReader pausing = new PausingReader();
    pausing.pause();
    byte[] stream = joined(frame(FIN | 1, bytes(1)), frame(FIN | 1, bytes(2)), frame(1, bytes(3)));
    for (byte one : stream) {
      pausing.read(buffer(new byte[] {one}));
    }
    assertThat(pausing.lengths).isEmpty();
    pausing.finish();

    assertThat(pausing.lengths).containsExactly(1, 2);
    pausing.end();
  }

  @Test
  @Timeout(20) // Seconds; copying all that waits with each read would take minutes.
  void whatArrivesInSmallPiecesWhilePausedIsNotCopiedWithEach() {
    byte[] piece = frame(FIN | 2, bytes(MAX_BYTES));
    int pieces = 30_000;
    PausingReader pausing = new PausingReader();
    pausing.pause();
    for (int i = 0; i < pieces; i++) {
      pausing.read(buffer(piece));
    }
    pausing.finish();

    assertThat(pausing.lengths).hasSize(pieces);
  }

  @Test
  @Timeout(20) // As above.
  void whatWaitsIsNotCopiedWithEachMessageThatIsPassedOn() {
    byte[] message = frame(FIN | 2, bytes(600));
    int count = 60_000;
    ByteBuf all = ByteBufAllocator.DEFAULT.directBuffer(message.length * count);
    for (int i = 0; i < count; i++) {
      all.writeBytes(message);
    }
    PausingReader pausing = new PausingReader();
    pausing.read(all);
    for (int i = 1; i < count; i++) {
      pausing.resume();
    }

    assertThat(pausing.lengths).hasSize(count);
  }

  /** Pauses the reading with each message. */
  private static final class PausingReader extends WebSocketReader {
    final List<Integer> lengths = new ArrayList<>();

    PausingReader() {
      super(MAX_BYTES, false);
    }

    @Override
    void received(int opcode, ByteBuf buffer, int start, int length) {
      lengths.add(length);
      pause();
    }

    @Override
    void failed(WebSocketCloseStatus status) {
      throw new AssertionError(status);
    }

    @Override
    void closedAfterFailure() {
      throw new AssertionError("closed");
    }
  }

  @Test
  void theFirstBitOfAMessageCompressesIt() {
    RecordingReader inflating = new RecordingReader(true);
    ByteBuf deflated =
        MessageDeflate.deflate(
            new byte[0], UTF_8.encode("aaaaaaaaaaaaaaaaaaaa"), ByteBufAllocator.DEFAULT);
    byte[] payload = ByteBufUtil.getBytes(deflated);
    deflated.release();
    inflating.read(buffer(frame(FIN | 0x41, payload)));
    inflating.read(buffer(frame(0x41, Arrays.copyOf(payload, 2))));
    inflating.read(buffer(frame(FIN, Arrays.copyOfRange(payload, 2, payload.length))));
    inflating.read(buffer(frame(FIN | 1, "b".getBytes(UTF_8))));
    inflating.read(buffer(frame(FIN | 0x49, new byte[0])));

    String text = "1 " + hex("a".repeat(20).getBytes(UTF_8));
    assertThat(inflating.heard).containsExactly(text, text, "1 62", "failed 1002");
  }

  @Test
  void whatAnotherDecoderMakesOfAnyFramesIsTheSame() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[] stream = frames(random);
      RecordingReader here = new RecordingReader(false);
      RecordingFrames there = new RecordingFrames();
      EmbeddedChannel channel =
          new EmbeddedChannel(
              new WebSocket13FrameDecoder(
                  WebSocketDecoderConfig.newBuilder()
                      .maxFramePayloadLength(MAX_BYTES)
                      .closeOnProtocolViolation(false)
                      .build()),
              new WebSocketFrameAggregator(MAX_BYTES),
              there);
      for (int at = 0; at < stream.length; ) {
        int end = Math.min(stream.length, at + 1 + random.nextInt(200));
        byte[] part = Arrays.copyOfRange(stream, at, end);
        here.read(buffer(part));
        channel.writeInbound(buffer(part));
        at = end;
      }
      // What becomes of a connection that failed is not the decoder's concern.
      here.heard.remove("closed");
      assertThat(here.heard).as("seed %d", seed).isEqualTo(there.heard);

      here.end();
      channel.finishAndReleaseAll();
    }
  }

  /** What Netty's decoder and aggregator give, to the first fault. */
  private static final class RecordingFrames extends ChannelInboundHandlerAdapter {
    final List<String> heard = new ArrayList<>();
    private boolean failed;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      WebSocketFrame frame = (WebSocketFrame) message;
      int opcode =
          frame instanceof TextWebSocketFrame
              ? 1
              : frame instanceof BinaryWebSocketFrame
                  ? 2
                  : frame instanceof CloseWebSocketFrame
                      ? 8
                      : frame instanceof PingWebSocketFrame ? 9 : 10;
      if (!failed && !(frame instanceof PongWebSocketFrame)) {
        heard.add(opcode + " " + ByteBufUtil.hexDump(frame.content()));
      }
      frame.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (!failed) {
        failed = true;
        WebSocketCloseStatus status =
            cause instanceof CorruptedWebSocketFrameException corrupted
                ? corrupted.closeStatus()
                : WebSocketCloseStatus.MESSAGE_TOO_BIG;
        heard.add("failed " + status.code());
      }
    }
  }

  /** Messages as clients send them, in one or more frames, and now and then a wrong bit. */
  private static byte[] frames(Random random) {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    int messages = 1 + random.nextInt(5);
    for (int i = 0; i < messages; i++) {
      int parts = 1 + random.nextInt(3);
      for (int part = 0; part < parts; part++) {
        if (random.nextInt(4) == 0) {
          stream.writeBytes(frame(FIN | (9 + random.nextInt(2)), bytes(random.nextInt(126))));
        }
        int opcode = part == 0 ? 1 + random.nextInt(2) : 0;
        int length = random.nextInt(8) == 0 ? random.nextInt(1100) : random.nextInt(140);
        byte[] frame = frame((part == parts - 1 ? FIN : 0) | opcode, bytes(length));
        if (random.nextInt(12) == 0) {
          frame[random.nextInt(2)] ^= (byte) (1 << random.nextInt(8));
        }
        stream.writeBytes(frame);
      }
    }
    if (random.nextBoolean()) {
      byte[] status = {(byte) random.nextInt(19), (byte) random.nextInt(256), 'x'};
      stream.writeBytes(frame(FIN | 8, Arrays.copyOf(status, random.nextInt(4))));
    }
    // One of the two looks at a length before the mask has come.
    stream.writeBytes(frame(FIN | 9, bytes(20)));
    return stream.toByteArray();
  }

  private void read(byte[] bytes) {
    if (bytes.length > 0) {
      reader.read(buffer(bytes));
    }
  }

  private static ByteBuf buffer(byte[] bytes) {
    return ByteBufAllocator.DEFAULT.directBuffer(bytes.length).writeBytes(bytes);
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31 + length);
    }
    return bytes;
  }

  private static byte[] frame(int first, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(first);
    if (payload.length < 126) {
      frame.write(0x80 | payload.length);
    } else {
      frame.write(0x80 | 126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    }
    for (int shift = 24; shift >= 0; shift -= 8) {
      frame.write(MASK >> shift);
    }
    for (int i = 0; i < payload.length; i++) {
      frame.write(payload[i] ^ (MASK >> (24 - 8 * (i % 4))));
    }
    return frame.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static String hex(byte[] bytes) {
    return ByteBufUtil.hexDump(bytes);
  }
}
