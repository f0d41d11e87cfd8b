package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.ByteBufUtil;
import io.starling.engineio.CloseReason;
import io.starling.engineio.EngineIoSession;
import io.starling.engineio.OutboundMessage;
import io.starling.engineio.SessionExecutor;
import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.socketio.transport.CompressionThreshold;
import io.starling.socketio.transport.IoKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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

    assertThat(frames.bytes(CompressionThreshold.OFF))
        .isSameAs(frames.bytes(CompressionThreshold.OFF));
    frames.release();
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

    assertThat(ByteBufUtil.getBytes(frames.bytes(CompressionThreshold.OFF)))
        .containsExactly(0x81, 3, '4', 'h', 'i', 0x82, 2, 7, 8);
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
  void messagesOfEverySizeStayInOrderWithinATurn(IoKind kind) {
    int[] sizes = {1, 3, 400, 505, 506, 507, 508, 509, 510, 511, 600, 5, 70_000, 2000, 7, 9};
    try (EchoServer server = new EchoServer(transport -> transport.io(kind));
        RawConnection socket = server.openWebSocket()) {
      SessionExecutor loop = server.sessions.values().iterator().next().loop();
      for (int round = 0; round < 20; round++) {
        loop.execute(
            () -> {
              for (int i = 0; i < 3 * sizes.length; i++) {
                server.engine.send(targets(server), text(letters(i, sizes[i % sizes.length])));
              }
            });
        for (int i = 0; i < 3 * sizes.length; i++) {
          assertThat(socket.text()).isEqualTo("4" + letters(i, sizes[i % sizes.length]));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aVolatileMessageBehindALargeOneOfItsTurnIsDropped(IoKind kind) {
    try (EchoServer server = new EchoServer(transport -> transport.io(kind));
        RawConnection socket = server.openWebSocket()) {
      SessionExecutor loop = server.sessions.values().iterator().next().loop();
      OutboundMessage dropped = new OutboundMessage(text("dropped").packets(), true, true);
      CompletableFuture.runAsync(
              () -> {
                server.engine.send(targets(server), text("x".repeat(500_000)));
                server.engine.send(targets(server), dropped);
                server.engine.send(targets(server), text("last"));
              },
              loop)
          .join();

      assertThat(socket.text()).hasSize(500_001);
      assertThat(socket.text()).isEqualTo("4last");
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aVolatileMessageIsDroppedWhileMoreThan32KibWaitInTheConnection(IoKind kind) {
    try (EchoServer server = new EchoServer(transport -> transport.io(kind));
        RawConnection socket = server.openWebSocket()) {
      SessionExecutor loop = server.sessions.values().iterator().next().loop();
      OutboundMessage mayBeDropped = new OutboundMessage(text("volatile").packets(), true, true);
      for (int messages : new int[] {3, 4}) {
        CompletableFuture.runAsync(
                () -> {
                  for (int i = 0; i < messages; i++) {
                    server.engine.send(targets(server), text("x".repeat(10_000)));
                  }
                  server.engine.send(targets(server), mayBeDropped);
                  server.engine.send(targets(server), text("last"));
                },
                loop)
            .join();
        for (int i = 0; i < messages; i++) {
          assertThat(socket.text()).hasSize(10_001);
        }
        if (messages == 3) {
          assertThat(socket.text()).isEqualTo("4volatile");
        }
        assertThat(socket.text()).isEqualTo("4last");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void clientsThatDoNotReadShareTheBytesOfSmallMessages(IoKind kind) {
    List<RawConnection> slow = new ArrayList<>();
    try (EchoServer server = new EchoServer(transport -> transport.io(kind))) {
      for (int i = 0; i < 10; i++) {
        slow.add(server.openWebSocket());
      }
      server.sessions.values().forEach(session -> stall(server, session));
      long before = directBytes();
      OutboundMessage small = text("x".repeat(400));
      for (int i = 0; i < 1000; i++) {
        server.engine.send(targets(server), small);
      }
      for (EngineIoSession session : server.sessions.values()) {
        assertThat(queuedBytes(session)).isGreaterThan(500_000);
      }
      // A copy for each client would be 4 MB.
      assertThat(directBytes() - before).isLessThan(2_000_000);
    } finally {
      slow.forEach(RawConnection::close);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aLoopWhoseQuotaIsUsedUpGathersNoMore(IoKind kind) {
    try (EchoServer server = new EchoServer(transport -> transport.io(kind));
        RawConnection socket = server.openWebSocket()) {
      NettyLoop loop = (NettyLoop) server.sessions.values().iterator().next().loop();
      CompletableFuture<Boolean> kept = new CompletableFuture<>();
      loop.execute(
          () -> {
            assertThat(loop.takeGathering(NettyLoop.MAX_GATHERING_BYTES)).isTrue();
            for (int i = 0; i < 100; i++) {
              server.engine.send(targets(server), text("m" + i));
            }
            // Behind the writes of these, and before their flush.
            loop.execute(() -> kept.complete(loop.takeGathering(0)));
          });

      assertThat(kept.join()).isTrue();
      for (int i = 0; i < 100; i++) {
        assertThat(socket.text()).isEqualTo("4m" + i);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aLoopsQuotaIsGivenBack(IoKind kind) {
    try (EchoServer server = new EchoServer(transport -> transport.io(kind));
        RawConnection socket = server.openWebSocket()) {
      NettyLoop loop = (NettyLoop) server.sessions.values().iterator().next().loop();
      CompletableFuture<Boolean> taken = new CompletableFuture<>();
      loop.execute(
          () -> {
            for (int i = 0; i < 1000; i++) {
              server.engine.send(targets(server), text("m" + i));
            }
            loop.execute(() -> taken.complete(!loop.takeGathering(NettyLoop.MAX_GATHERING_BYTES)));
          });

      assertThat(taken.join()).isTrue();
      for (int i = 0; i < 1000; i++) {
        assertThat(socket.text()).isEqualTo("4m" + i);
      }
      assertThat(
              CompletableFuture.supplyAsync(
                      () -> loop.takeGathering(NettyLoop.MAX_GATHERING_BYTES), loop)
                  .join())
          .isTrue();
    }
  }

  private static String letters(int index, int length) {
    return String.valueOf((char) ('a' + index % 26)).repeat(length);
  }

  /** Sends until the network takes no more for a while. */
  private static void stall(EchoServer server, EngineIoSession session) {
    OutboundMessage filling = text("x".repeat(100_000));
    for (int rounds = 0; rounds < 10; rounds++) {
      while (queuedBytes(session) < 200_000) {
        server.engine.send(new EchoServer.OpenTarget(session), filling);
        rounds = 0;
      }
      turns(session.loop());
    }
  }

  /** More than two turns of the loop, in which the network is asked. */
  private static void turns(SessionExecutor loop) {
    for (int i = 0; i < 100; i++) {
      CompletableFuture.runAsync(() -> {}, loop).join();
    }
  }

  private static long queuedBytes(EngineIoSession session) {
    return CompletableFuture.supplyAsync(session::queuedBytes, session.loop()).join();
  }

  private static long directBytes() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aClientThatDoesNotReadIsGivenUpAndTheOthersGetEverything(IoKind kind) {
    try (EchoServer server =
            new EchoServer(
                engine -> engine.slowConsumerTimeout(Duration.ofMillis(100)),
                transport -> transport.io(kind));
        RawConnection slow = server.openWebSocket()) {
      String slowId = server.sessions.keySet().iterator().next();
      try (RawConnection fast = server.openWebSocket()) {
        OutboundMessage message = text("x".repeat(100_000));
        for (int sent = 0; server.sessions.containsKey(slowId) && sent < 20_000; sent++) {
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
      turns(loop);
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
