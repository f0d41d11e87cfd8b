package io.starling.socketio.netty;

import static io.starling.socketio.netty.EchoServer.WEBSOCKET;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.starling.engineio.CloseReason;
import io.starling.engineio.OutboundMessage;
import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.socketio.transport.CompressionThreshold;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeflateWireTest {
  private static final String OFFER =
      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits";
  private static final int RSV1 = 0x40;
  private static final int FIN = 0x80;
  private static final int MAX = 1_000_000;
  private static final String LARGE = "x".repeat(1023);

  private final EchoServer server =
      new EchoServer(transport -> transport.webSocketCompression(CompressionThreshold.STANDARD));

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void byDefaultItIsNotAgreedOn() {
    try (EchoServer standard = new EchoServer();
        RawConnection socket = standard.connect()) {
      assertThat(socket.upgrade(WEBSOCKET, OFFER).headers())
          .doesNotContainKey("sec-websocket-extensions");
    }
  }

  @Test
  void itIsAgreedOnWithoutContexts() {
    try (RawConnection socket = server.connect()) {
      assertThat(socket.upgrade(WEBSOCKET, OFFER).headers())
          .containsEntry(
              "sec-websocket-extensions",
              "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
    }
  }

  @Test
  void messagesFrom1024BytesOnAreCompressedSmallerOnesAreNot() {
    try (RawConnection socket = deflating()) {
      socket.sendText("4" + LARGE);
      RawConnection.Frame large = socket.frame();
      assertThat(large.compressed()).isTrue();
      assertThat(large.payload().remaining()).isLessThan(100);
      assertThat(inflated(large)).isEqualTo("4" + LARGE);

      socket.sendText("4" + LARGE.substring(1));
      assertThat(socket.frame().compressed()).isFalse();
    }
  }

  @Test
  void aClientThatDidNotOfferItGetsTheSameMessagePlain() {
    try (RawConnection deflating = deflating();
        RawConnection other = server.openWebSocket()) {
      server.engine.send(List.copyOf(server.sessions.values()), message(LARGE, true));
      assertThat(inflated(deflating.frame())).isEqualTo("4" + LARGE);
      assertThat(other.text()).isEqualTo("4" + LARGE);
    }
  }

  @Test
  void aMessageThatMustNotBeCompressedIsNot() {
    try (RawConnection socket = deflating()) {
      server.engine.send(List.copyOf(server.sessions.values()), message(LARGE, false));
      assertThat(socket.text()).isEqualTo("4" + LARGE);
    }
  }

  @Test
  void recipientsShareTheCompressedBytes() {
    WebSocketFrames frames = new WebSocketFrames(message(LARGE, true));
    ByteBuf compressed = frames.bytes(CompressionThreshold.STANDARD);

    assertThat(frames.bytes(CompressionThreshold.STANDARD)).isSameAs(compressed);
    assertThat(frames.bytes(CompressionThreshold.OFF).readableBytes())
        .isGreaterThan(compressed.readableBytes());
    frames.release();
  }

  @Test
  void compressedMessagesAreUnderstoodInFragmentsToo() {
    byte[] payload = deflated("hello");
    try (RawConnection socket = deflating()) {
      socket.sendFrame(FIN | RSV1 | RawConnection.TEXT, payload);
      assertThat(socket.text()).isEqualTo("4hello");
      socket.sendFrame(RSV1 | RawConnection.TEXT, new byte[] {payload[0]});
      socket.sendFrame(FIN, Arrays.copyOfRange(payload, 1, payload.length));
      assertThat(socket.text()).isEqualTo("4hello");
    }
  }

  @Test
  void aMessageOfTheMaximalSizeIsUnderstood() {
    try (RawConnection socket = deflating()) {
      socket.sendFrame(FIN | RSV1 | RawConnection.TEXT, deflated("x".repeat(MAX - 1)));
      assertThat(inflated(socket.frame())).hasSize(MAX);
    }
  }

  @Test
  void aBombIsRefused() {
    try (RawConnection socket = deflating()) {
      byte[] bomb = deflated("x".repeat(MAX));
      assertThat(bomb.length).isLessThan(10_000);
      socket.sendFrame(FIN | RSV1 | RawConnection.TEXT, bomb);
      assertThat(socket.closeStatus()).isEqualTo(1009);
      assertThat(server.nextClose()).isEqualTo(CloseReason.TRANSPORT_ERROR);
    }
  }

  @Test
  void whatIsNoDeflateStreamIsRefused() {
    try (RawConnection socket = deflating()) {
      socket.sendFrame(FIN | RSV1 | RawConnection.TEXT, new byte[] {(byte) 0xff, 1, 2, 3});
      assertThat(socket.closeStatus()).isEqualTo(1007);
    }
  }

  @Test
  void otherReservedBitsAreRefused() {
    for (int first : new int[] {FIN | 0x20 | RawConnection.TEXT, FIN | RSV1 | RawConnection.PING}) {
      try (RawConnection socket = deflating()) {
        socket.sendFrame(first, new byte[] {'2'});
        assertThat(socket.closeStatus()).isEqualTo(1002);
      }
    }
  }

  @Test
  void withoutAgreementACompressedFrameIsRefused() {
    try (RawConnection socket = server.openWebSocket()) {
      socket.sendFrame(FIN | RSV1 | RawConnection.TEXT, deflated("hello"));
      assertThat(socket.closeStatus()).isEqualTo(1002);
    }
  }

  private RawConnection deflating() {
    RawConnection socket = server.connect();
    socket.upgrade(WEBSOCKET, OFFER);
    socket.text();
    return socket;
  }

  private static OutboundMessage message(String text, boolean compress) {
    ByteBuffer data = StandardCharsets.UTF_8.encode(text);
    return new OutboundMessage(List.of(new EngineIoPacket.Message(data, false)), false, compress);
  }

  private static byte[] deflated(String text) {
    ByteBuf payload =
        MessageDeflate.deflate(
            new byte[] {'4'},
            StandardCharsets.UTF_8.encode(text),
            UnpooledByteBufAllocator.DEFAULT);
    byte[] bytes = new byte[payload.readableBytes()];
    payload.readBytes(bytes).release();
    return bytes;
  }

  private static String inflated(RawConnection.Frame frame) {
    assertThat(frame.compressed()).isTrue();
    ByteBuf text =
        MessageDeflate.inflate(
            Unpooled.wrappedBuffer(frame.payload()), MAX, UnpooledByteBufAllocator.DEFAULT);
    try {
      return text.toString(StandardCharsets.UTF_8);
    } finally {
      text.release();
    }
  }
}
