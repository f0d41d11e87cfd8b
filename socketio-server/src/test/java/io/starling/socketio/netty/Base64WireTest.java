package io.starling.socketio.netty;

import static io.starling.socketio.netty.EchoServer.POLLING;
import static io.starling.socketio.netty.EchoServer.WEBSOCKET;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.starling.engineio.CloseReason;
import io.starling.engineio.OutboundMessage;
import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.socketio.transport.CompressionThreshold;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that can neither send nor receive bytes. */
class Base64WireTest {
  private static final String BASE64 = WEBSOCKET + "&b64=1";

  private static final WebSocketFrames.Format IN_BASE64 =
      new WebSocketFrames.Format(CompressionThreshold.OFF, true);

  private EchoServer server;

  @BeforeEach
  void start() {
    server =
        new EchoServer(settings -> settings.webSocketCompression(new CompressionThreshold(64)));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void base64InATextFrameIsTakenForBytes() {
    try (RawConnection socket = server.openWebSocket()) {
      socket.sendText("bAQIDBA==");
      RawConnection.Frame echoed = socket.frame();

      assertThat(echoed.opcode()).isEqualTo(RawConnection.BINARY);
      assertThat(echoed.payload()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
    }
  }

  @Test
  void badBase64EndsTheSession() {
    try (RawConnection socket = server.openWebSocket()) {
      socket.sendText("b*");

      assertThat(server.nextClose()).isEqualTo(CloseReason.PARSE_ERROR);
      assertThat(socket.closeStatus()).isEqualTo(1005);
    }
  }

  @Test
  void aClientThatAsksForItGetsBytesAsText() {
    try (RawConnection socket = open(BASE64)) {
      socket.sendText("bAQIDBA==");
      assertThat(socket.text()).isEqualTo("bAQIDBA==");
      socket.sendFrame(0x80 | RawConnection.BINARY, new byte[] {1, 2, 3, 4});
      assertThat(socket.text()).isEqualTo("bAQIDBA==");
      socket.sendText("4text");
      assertThat(socket.text()).isEqualTo("4text");
    }
  }

  @Test
  void aClientThatAskedWhenItPolledGetsBytesAsTextAfterItsUpgrade() {
    server.get(POLLING + "&b64=1");
    String sid = server.sessions.keySet().iterator().next();
    try (RawConnection socket = server.connect()) {
      socket.upgrade(WEBSOCKET + "&sid=" + sid);
      socket.sendText("2probe");
      assertThat(socket.text()).isEqualTo("3probe");
      socket.sendText("5");
      socket.sendText("bAQIDBA==");
      assertThat(socket.text()).isEqualTo("bAQIDBA==");
    }
  }

  @Test
  void largeBytesAreCompressedAsTheTextThatTheyAre() {
    try (RawConnection socket = server.connect()) {
      socket.upgrade(BASE64, "Sec-WebSocket-Extensions: permessage-deflate");
      socket.text();
      socket.sendFrame(0x80 | RawConnection.BINARY, new byte[100]);
      RawConnection.Frame echoed = socket.frame();

      assertThat(echoed.opcode()).isEqualTo(RawConnection.TEXT);
      assertThat(echoed.compressed()).isTrue();
    }
  }

  @Test
  void recipientsShareTheBytesOfEachForm() {
    OutboundMessage message =
        new OutboundMessage(
            List.of(
                new EngineIoPacket.Message(StandardCharsets.UTF_8.encode("hi"), false),
                new EngineIoPacket.Message(ByteBuffer.wrap(new byte[] {7, 8}), true)),
            false,
            true);
    WebSocketFrames frames = new WebSocketFrames(message);

    assertThat(ByteBufUtil.getBytes(frames.bytes(IN_BASE64)))
        .containsExactly(0x81, 3, '4', 'h', 'i', 0x81, 5, 'b', 'B', 'w', 'g', '=');
    assertThat(frames.bytes(IN_BASE64)).isSameAs(frames.bytes(IN_BASE64));
    frames.release();
  }

  @Test
  void aMessageWithoutBytesHasOneForm() {
    WebSocketFrames frames =
        new WebSocketFrames(EchoServer.message(StandardCharsets.UTF_8.encode("hi"), false));

    assertThat(frames.bytes(IN_BASE64)).isSameAs(frames.bytes(WebSocketFrames.Format.PLAIN));
    frames.release();
  }

  private RawConnection open(String target) {
    RawConnection connection = server.connect();
    connection.upgrade(target);
    connection.text();
    return connection;
  }
}
