package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.starling.engineio.CloseReason;
import io.starling.engineio.OutboundMessage;
import io.starling.engineio.protocol.EngineIoPacket;
import io.starling.socketio.transport.CompressionThreshold;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FanOutTest {
  @Test
  void recipientsShareTheBytesOfAFrame() {
    WebSocketFrames frames = new WebSocketFrames(text("hello"));
    ByteBuf first = frames.share(CompressionThreshold.OFF);
    ByteBuf second = frames.share(CompressionThreshold.OFF);

    assertThat(first.memoryAddress()).isEqualTo(second.memoryAddress());
    frames.release();
    first.release();
    assertThat(second.refCnt()).isEqualTo(1);
    second.release();
  }

  @Test
  void aMessageAndItsAttachmentsAreFramesInARow() {
    OutboundMessage message =
        new OutboundMessage(
            List.of(
                new EngineIoPacket.Message(StandardCharsets.UTF_8.encode("hi"), false),
                new EngineIoPacket.Message(ByteBuffer.wrap(new byte[] {7, 8}), true)),
            false,
            true);
    WebSocketFrames frames = new WebSocketFrames(message);
    ByteBuf bytes = frames.share(CompressionThreshold.OFF);
    byte[] written = new byte[bytes.readableBytes()];
    bytes.readBytes(written);

    assertThat(written).containsExactly(0x81, 3, '4', 'h', 'i', 0x82, 2, 7, 8);
    bytes.release();
    frames.release();
  }

  @Test
  void aBroadcastReachesEveryTransportOfEveryLoopInOrder() {
    try (EchoServer server = new EchoServer()) {
      List<RawConnection> sockets = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        sockets.add(server.openWebSocket());
      }
      String polling = server.openPolling();
      for (int i = 0; i < 100; i++) {
        server.engine.send(targets(server), text("m" + i));
      }
      for (RawConnection socket : sockets) {
        for (int i = 0; i < 100; i++) {
          assertThat(socket.text()).isEqualTo("4m" + i);
        }
        socket.close();
      }
      assertThat(server.get(polling).body()).startsWith("4m0\u001e4m1\u001e").endsWith("4m99");
    }
  }

  @Test
  void aClientThatDoesNotReadIsGivenUpAndTheOthersGetEverything() {
    try (EchoServer server = new EchoServer();
        RawConnection slow = server.openWebSocket()) {
      String slowId = server.sessions.keySet().iterator().next();
      try (RawConnection fast = server.openWebSocket()) {
        OutboundMessage message = text("x".repeat(100_000));
        for (int sent = 0; server.sessions.containsKey(slowId) && sent < 1000; sent++) {
          server.engine.send(targets(server), message);
          assertThat(fast.text()).hasSize(100_001);
        }
        assertThat(server.nextClose()).isEqualTo(CloseReason.SLOW_CONSUMER);
        assertThat(server.sessions).hasSize(1);
        assertThat(slow.ended()).isTrue();
      }
    }
  }

  @Test
  void aBurstFromOneThreadIsNoReasonToGiveAClientUp() {
    try (EchoServer server = new EchoServer();
        RawConnection socket = server.openWebSocket()) {
      OutboundMessage message = text("x".repeat(1000));
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 1500; i++) {
                  server.engine.send(targets(server), message);
                }
              });
      for (int i = 0; i < 1500; i++) {
        assertThat(socket.text()).hasSize(1001);
      }
      sent.join();
    }
  }

  private static OutboundMessage text(String text) {
    return EchoServer.message(StandardCharsets.UTF_8.encode(text), false);
  }

  private static List<EchoServer.OpenTarget> targets(EchoServer server) {
    return server.sessions.values().stream().map(EchoServer.OpenTarget::new).toList();
  }
}
