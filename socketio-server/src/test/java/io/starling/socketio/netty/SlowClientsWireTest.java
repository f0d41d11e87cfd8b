package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.starling.engineio.CloseReason;
import io.starling.engineio.EngineIoSession;
import io.starling.engineio.OutboundMessage;
import io.starling.socketio.transport.IoKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that take their messages slowly, late or not at all. */
class SlowClientsWireTest {
  private static final int MIB = 1 << 20;

  @Test
  void aPollingClientGetsWhatCameBetweenTwoPollsHoweverMuch() {
    try (EchoServer server = new EchoServer()) {
      String polling = server.openPolling();
      EngineIoSession session = server.session(polling);
      for (int i = 0; i < 3; i++) {
        send(server, session, "x".repeat(700_000));
      }
      assertThat(server.get(polling).body()).hasSize(3 * 700_001 + 2);
      assertThat(queuedBytes(session)).isLessThan(3 * MIB);
      assertThat(server.closed).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aResponseThatHasLeftDoesNotWaitThoughTheClientPollsLate(IoKind kind) {
    try (EchoServer server = new EchoServer(transport -> transport.io(kind));
        RawConnection poll = server.connect()) {
      String polling = server.openPolling();
      EngineIoSession session = server.session(polling);
      send(server, session, "x".repeat(20 * MIB));
      assertThat(poll.get(polling).body()).hasSize(20 * MIB + 1);

      await().until(() -> queuedBytes(session) == 0);
      await().until(() -> server.engine.queuedBytes() == 0);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aResponseThatIsNotReadCountsAndIsDroppedWithItsClient(IoKind kind) {
    try (EchoServer server =
            new EchoServer(
                engine -> engine.slowConsumerTimeout(Duration.ofMillis(300)),
                transport -> transport.io(kind));
        RawConnection poll = smallReceiver(server)) {
      String polling = server.openPolling();
      EngineIoSession session = server.session(polling);
      send(server, session, "x".repeat(20 * MIB));
      poll.send("GET", polling, "");
      assertThat(poll.receiveHead().status()).isEqualTo(200);
      assertThat(server.engine.queuedBytes()).isGreaterThan(20 * MIB);

      assertThat(server.nextClose()).isEqualTo(CloseReason.SLOW_CONSUMER);
      assertThat(server.engine.queuedBytes()).isZero();
      assertThat(poll.ended()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aResponseThatAClientLeavesUnreadWhenItUpgradesIsDropped(IoKind kind) {
    try (EchoServer server = new EchoServer(transport -> transport.io(kind));
        RawConnection poll = smallReceiver(server);
        RawConnection socket = server.connect()) {
      String polling = server.openPolling();
      EngineIoSession session = server.session(polling);
      send(server, session, "x".repeat(20 * MIB));
      poll.send("GET", polling, "");
      assertThat(poll.receiveHead().status()).isEqualTo(200);
      socket.upgrade(polling.replace("polling", "websocket"));
      socket.sendText("2probe");
      assertThat(socket.text()).isEqualTo("3probe");
      socket.sendText("5");

      assertThat(poll.ended()).isTrue();
      send(server, session, "last");
      assertThat(socket.text()).isEqualTo("4last");
      assertThat(server.engine.queuedBytes()).isZero();
    }
  }

  /** The client reads a little with each ping that it gets from another server. */
  @ParameterizedTest
  @MethodSource("kinds")
  void aClientThatReadsSlowlyGetsWhatIsLeftWhenItIsDisconnectedAndTheEnd(IoKind kind) {
    try (EchoServer server =
            new EchoServer(
                engine -> engine.closeTimeout(Duration.ofSeconds(1)),
                transport -> transport.io(kind));
        RawConnection socket = smallReader(server)) {
      EngineIoSession session = onlySession(server);
      for (int i = 0; i < 100; i++) {
        send(server, session, "x".repeat(200_000));
      }
      session.close(CloseReason.FORCED_SERVER_CLOSE);
      assertThat(server.nextClose()).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
      try (EchoServer clocks =
              new EchoServer(
                  engine -> engine.pingInterval(Duration.ofMillis(300)), transport -> transport);
          RawConnection clock = clocks.openWebSocket()) {
        for (int i = 0; i < 100; i++) {
          if (i % 10 == 0) {
            assertThat(clock.text()).isEqualTo("2");
            clock.sendText("3");
          }
          assertThat(socket.text()).hasSize(200_001);
        }
      }
      assertThat(socket.closeStatus()).isEqualTo(1005);
      assertThat(socket.ended()).isTrue();
      await().until(() -> server.engine.sessionCount() == 0);
      assertThat(server.engine.queuedBytes()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void clientsThatLeaveWithoutReadingTakeNoMoreThanTheBoundEither(IoKind kind) {
    int bound = 8 * MIB;
    List<RawConnection> stopped = new ArrayList<>();
    try (EchoServer server =
        new EchoServer(
            engine -> engine.maxQueuedBytesTotal(bound), transport -> transport.io(kind))) {
      for (int i = 0; i < 10; i++) {
        stopped.add(smallReader(server));
        EngineIoSession session = onlySession(server);
        for (int sent = 0; queuedBytes(session) < 4 * MIB; sent++) {
          assertThat(sent).isLessThan(1000);
          send(server, session, "x".repeat(50_000));
        }
        stopped.get(i).sendFrame(0x80 | RawConnection.CLOSE, new byte[0]);
        assertThat(server.nextClose()).isEqualTo(CloseReason.TRANSPORT_CLOSE);
        assertThat(server.engine.queuedBytes()).isBetween(3L * MIB, (long) bound);
      }
      // Those that left first were cut for those that left last.
      assertThat(stopped.get(0).ended()).isTrue();
      assertThat(server.engine.sessionCount()).isLessThan(3);
    } finally {
      stopped.forEach(RawConnection::close);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aClientThatReadsLateGetsABurstOfManyTimesItsBound(IoKind kind) {
    try (EchoServer server = new EchoServer(transport -> transport.io(kind));
        RawConnection socket = server.openWebSocket()) {
      EngineIoSession session = onlySession(server);
      for (int i = 0; i < 3000; i++) {
        send(server, session, "x".repeat(10_000));
      }
      send(server, session, "last");
      assertThat(queuedBytes(session)).isGreaterThan(8 * MIB);
      for (int i = 0; i < 3000; i++) {
        assertThat(socket.text()).hasSize(10_001);
      }
      assertThat(socket.text()).isEqualTo("4last");
      assertThat(queuedBytes(session)).isZero();
      assertThat(server.closed).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aClientThatKeepsReadingIsNotGivenUpHoweverSlowItIs(IoKind kind) {
    try (EchoServer server =
            new EchoServer(
                engine -> engine.slowConsumerTimeout(Duration.ofMillis(600)),
                transport -> transport.io(kind));
        RawConnection socket = smallReader(server)) {
      EngineIoSession session = onlySession(server);
      for (int i = 0; i < 60; i++) {
        send(server, session, "x".repeat(200_000));
      }
      long endNanos = System.nanoTime() + Duration.ofSeconds(3).toNanos();
      int read = 0;
      while (System.nanoTime() < endNanos && queuedBytes(session) > 2 * MIB) {
        assertThat(socket.text()).hasSize(200_001);
        read++;
      }
      for (; read < 60; read++) {
        assertThat(socket.text()).hasSize(200_001);
      }
      assertThat(server.closed).isEmpty();
    }
  }

  /** As when a broker comes back: what waited for it arrives at once, and the traffic goes on. */
  @ParameterizedTest
  @MethodSource("kinds")
  void aClientThatReadsFasterThanTheTrafficCatchesUpAfterAnOutage(IoKind kind) {
    try (EchoServer server = new EchoServer(transport -> transport.io(kind));
        RawConnection socket = smallReader(server)) {
      EngineIoSession session = onlySession(server);
      int sent = 0;
      for (; sent < 8 * MIB / 1024; sent++) {
        send(server, session, number(sent));
      }
      for (int read = 0; read < sent; read++) {
        assertThat(socket.text()).isEqualTo("4" + number(read));
        if (read % 3 > 0 && sent < 20_000) {
          send(server, session, number(sent++));
        }
      }
      assertThat(sent).isEqualTo(20_000);
      assertThat(server.closed).isEmpty();
    }
  }

  private static String number(int number) {
    return "%1024d".formatted(number);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aClientThatStopsInTheMiddleOfAFrameIsGivenUpAfterTheTimeout(IoKind kind) {
    try (EchoServer server =
            new EchoServer(
                engine -> engine.slowConsumerTimeout(Duration.ofMillis(300)),
                transport -> transport.io(kind));
        RawConnection socket = smallReader(server)) {
      EngineIoSession session = onlySession(server);
      send(server, session, "x".repeat(20 * MIB));

      assertThat(server.nextClose()).isEqualTo(CloseReason.SLOW_CONSUMER);
      assertThat(server.engine.queuedBytes()).isZero();
      assertThat(socket.ended()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void clientsThatStopReadingTakeNoMoreMemoryThanTheBound(IoKind kind) {
    int clients = 100;
    int bound = 8 * MIB;
    List<RawConnection> stopped = new ArrayList<>();
    try (EchoServer server =
            new EchoServer(
                engine -> engine.maxQueuedBytesTotal(bound), transport -> transport.io(kind));
        RawConnection reading = server.openWebSocket()) {
      long before = directBytes();
      for (int i = 0; i < clients; i++) {
        stopped.add(smallReader(server));
      }
      OutboundMessage message = text("x".repeat(50_000));
      long most = 0;
      for (int i = 0; i < 6000; i++) {
        server.engine.send(targets(server), message);
        assertThat(reading.text()).hasSize(50_001);
        most = Math.max(most, directBytes() - before);
      }
      // Beside the bound: what channels hold, and what the pool of buffers keeps. It grows by
      // chunks
      // of several MiB, 62 MiB once after the other tests. Without the bound it is 750 MiB.
      assertThat(most).isLessThan(bound + 96L * MIB);
      assertThat(server.closed).isNotEmpty().containsOnly(CloseReason.SLOW_CONSUMER);
    } finally {
      stopped.forEach(RawConnection::close);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void clientsThatShareWhatWaitsAreNotGivenUpBelowTheBound(IoKind kind) {
    List<RawConnection> late = new ArrayList<>();
    try (EchoServer server =
        new EchoServer(
            engine -> engine.maxQueuedBytesTotal(60 * MIB),
            transport -> transport.io(kind).eventLoopThreads(1))) {
      for (int i = 0; i < 20; i++) {
        late.add(smallReader(server));
      }
      OutboundMessage message = text("x".repeat(50_000));
      for (int i = 0; i < 800; i++) {
        server.engine.send(targets(server), message);
      }
      for (RawConnection socket : late) {
        for (int i = 0; i < 800; i++) {
          assertThat(socket.text()).hasSize(50_001);
        }
      }
      assertThat(server.closed).isEmpty();
    } finally {
      late.forEach(RawConnection::close);
    }
  }

  static Stream<IoKind> kinds() {
    return Stream.of(IoKind.values()).filter(NativeIo::available);
  }

  /** A WebSocket whose kernel takes little for it. */
  private static RawConnection smallReader(EchoServer server) {
    RawConnection connection = smallReceiver(server);
    connection.upgrade(EchoServer.WEBSOCKET);
    connection.text();
    return connection;
  }

  /** A connection whose kernel takes little for it. */
  private static RawConnection smallReceiver(EchoServer server) {
    try {
      Socket socket = new Socket();
      socket.setReceiveBufferSize(16_384);
      socket.connect(server.address);
      return new RawConnection(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void send(EchoServer server, EngineIoSession session, String text) {
    server.engine.send(session, text(text));
  }

  private static EngineIoSession onlySession(EchoServer server) {
    return server.sessions.values().iterator().next();
  }

  private static long queuedBytes(EngineIoSession session) {
    return CompletableFuture.supplyAsync(session::queuedBytes, session.loop()).join();
  }

  private static long directBytes() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }

  private static OutboundMessage text(String text) {
    return EchoServer.message(StandardCharsets.UTF_8.encode(text), false);
  }

  private static List<EngineIoSession> targets(EchoServer server) {
    return List.copyOf(server.sessions.values());
  }
}
