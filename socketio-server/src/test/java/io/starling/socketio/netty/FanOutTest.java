package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.starling.engineio.CloseReason;
import io.starling.engineio.OutboundMessage;
import io.starling.engineio.SessionExecutor;
import io.starling.engineio.protocol.EngineIoPacket;
import io.starling.socketio.transport.CompressionThreshold;
import io.starling.socketio.transport.IoKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FanOutTest {
  private static final int BURST = 1500;

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

  @ParameterizedTest
  @MethodSource("kinds")
  void aClientThatDoesNotReadIsGivenUpAndTheOthersGetEverything(IoKind kind) {
    try (EchoServer server = new EchoServer(transport -> transport.io(kind));
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

  @ParameterizedTest
  @MethodSource("kinds")
  void aBurstFromOneThreadIsNoReasonToGiveAClientUp(IoKind kind) {
    try (EchoServer server = new EchoServer(transport -> transport.io(kind));
        RawConnection socket = server.openWebSocket()) {
      CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> burst(server));
      assertBurst(socket);
      sent.join();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aBurstWithinOneTurnIsNoReasonToGiveAClientUp(IoKind kind) {
    try (EchoServer server = new EchoServer(transport -> transport.io(kind));
        RawConnection socket = server.openWebSocket()) {
      server.sessions.values().iterator().next().loop().execute(() -> burst(server));
      assertBurst(socket);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aBurstToManyOfOneLoopIsNoReasonToGiveAnyUp(IoKind kind) {
    List<RawConnection> sockets = new ArrayList<>();
    ExecutorService readers = Executors.newCachedThreadPool();
    try (EchoServer server = new EchoServer(transport -> transport.io(kind).eventLoopThreads(1))) {
      for (int i = 0; i < 20; i++) {
        sockets.add(server.openWebSocket());
      }
      List<CompletableFuture<Void>> read =
          sockets.stream()
              .map(socket -> CompletableFuture.runAsync(() -> assertBurst(socket), readers))
              .toList();
      burst(server);
      read.forEach(CompletableFuture::join);
    } finally {
      sockets.forEach(RawConnection::close);
      readers.shutdown();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aMessageAboveTheBoundFitsBehindASmallOne(IoKind kind) {
    try (EchoServer server = new EchoServer(transport -> transport.io(kind));
        RawConnection socket = server.openWebSocket()) {
      SessionExecutor loop = server.sessions.values().iterator().next().loop();
      CompletableFuture.runAsync(
              () -> {
                server.engine.send(targets(server), text("small"));
                server.engine.send(targets(server), text("x".repeat(20_000_000)));
              },
              loop)
          .join();
      // Two more turns of the loop, in which the network was asked.
      for (int i = 0; i < 100; i++) {
        CompletableFuture.runAsync(() -> {}, loop).join();
      }
      assertThat(socket.text()).isEqualTo("4small");
      assertThat(socket.text()).hasSize(20_000_001);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aClientThatClosesBeforeItHasReadEverythingGetsTheRest(IoKind kind) {
    try (EchoServer server =
            new EchoServer(
                engine -> engine.maxQueuedBytes(100_000_000), transport -> transport.io(kind));
        RawConnection socket = server.openWebSocket()) {
      OutboundMessage message = text("x".repeat(1_000_000));
      for (int i = 0; i < 20; i++) {
        server.engine.send(targets(server), message);
      }
      SessionExecutor loop = server.sessions.values().iterator().next().loop();
      CompletableFuture.runAsync(() -> {}, loop).join();
      socket.sendFrame(0x80 | RawConnection.CLOSE, new byte[] {0x03, (byte) 0xe8});

      assertThat(server.nextClose()).isEqualTo(CloseReason.TRANSPORT_CLOSE);
      for (int i = 0; i < 20; i++) {
        assertThat(socket.text()).hasSize(1_000_001);
      }
      assertThat(socket.closeStatus()).isEqualTo(1000);
      assertThat(socket.ended()).isTrue();
    }
  }

  static Stream<IoKind> kinds() {
    return Stream.of(IoKind.values()).filter(NativeIo::available);
  }

  private static void burst(EchoServer server) {
    OutboundMessage message = text("x".repeat(1000));
    for (int i = 0; i < BURST; i++) {
      server.engine.send(targets(server), message);
    }
  }

  private static void assertBurst(RawConnection socket) {
    for (int i = 0; i < BURST; i++) {
      assertThat(socket.text()).hasSize(1001);
    }
  }

  private static OutboundMessage text(String text) {
    return EchoServer.message(StandardCharsets.UTF_8.encode(text), false);
  }

  private static List<EchoServer.OpenTarget> targets(EchoServer server) {
    return server.sessions.values().stream().map(EchoServer.OpenTarget::new).toList();
  }
}
