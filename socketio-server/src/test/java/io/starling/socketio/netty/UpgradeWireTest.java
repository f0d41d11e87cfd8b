package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.engineio.CloseReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class UpgradeWireTest {
  private static final String LARGE = "x".repeat(900_000);

  private static EchoServer server;

  @BeforeAll
  static void start() {
    server = new EchoServer(transport -> transport.eventLoopThreads(3));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** Repeated, so that the two connections meet on one event loop and on two. */
  @RepeatedTest(6)
  void aSessionMovesToTheWebSocket() {
    String session = server.openPolling();
    try (RawConnection socket = probe(session);
        RawConnection poll = server.connect()) {
      poll.send("GET", session, "");
      assertThat(poll.receive().body()).isEqualTo("6");
      socket.sendText("5");
      socket.sendText("4hello");

      assertThat(socket.text()).isEqualTo("4hello");
    }
  }

  /** Repeated, as above: on another loop its frames take the way through the pipeline. */
  @RepeatedTest(6)
  void aConnectionThatHadAResponseBecomesAWebSocket() {
    String session = server.openPolling();
    try (RawConnection socket = server.connect()) {
      assertThat(socket.get("/nobody/is/here").status()).isEqualTo(404);
      probe(socket, session);
      socket.sendText("5");
      socket.sendText("4hello");

      assertThat(socket.text()).isEqualTo("4hello");
    }
  }

  @Test
  void pollsAreRefusedAfterTheUpgradeAndTheWebSocketWorks() {
    String session = server.openPolling();
    try (RawConnection socket = upgraded(session)) {
      RawConnection.Response response = server.get(session);
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body()).isEqualTo("{\"code\":3,\"message\":\"Bad request\"}");
      assertThat(server.post(session, "4a").status()).isEqualTo(400);

      socket.sendText("4b");
      assertThat(socket.text()).isEqualTo("4b");
    }
  }

  @Test
  void aSecondWebSocketIsClosedAndTheFirstWorks() {
    String session = server.openPolling();
    try (RawConnection socket = upgraded(session);
        RawConnection second = server.connect()) {
      assertThat(second.upgrade(webSocket(session)).status()).isEqualTo(101);
      assertThat(second.closeStatus()).isEqualTo(1005);

      socket.sendText("4a");
      assertThat(socket.text()).isEqualTo("4a");
    }
  }

  @Test
  void aFailedTrialLeavesPollingAlone() {
    String session = server.openPolling();
    try (RawConnection socket = server.connect()) {
      socket.upgrade(webSocket(session));
      socket.sendText("4hello");
      assertThat(socket.closeStatus()).isEqualTo(1005);
    }
    server.post(session, "4a");
    assertThat(server.get(session).body()).isEqualTo("4a");
  }

  @Test
  void aWebSocketThatVanishesInItsTrialLeavesPollingAlone() {
    String session = server.openPolling();
    probe(session).close();
    server.post(session, "4a");

    assertThat(server.get(session).body()).isEqualTo("4a");
  }

  @RepeatedTest(4)
  void messagesSentDuringTheUpgradeArriveOnceAndInOrder() {
    String session = server.openPolling();
    List<String> received = new ArrayList<>();
    try (RawConnection socket = probe(session);
        RawConnection poll = server.connect()) {
      poll.send("GET", session, "");
      for (int i = 0; i < 200; i++) {
        send(session, "m" + i);
      }
      received.addAll(List.of(poll.receive().body().split("\u001e", -1)));
      socket.sendText("5");
      while (received.size() < 200) {
        received.add(socket.text());
      }
    }
    assertThat(received)
        .containsExactlyElementsOf(IntStream.range(0, 200).mapToObj(i -> "4m" + i).toList());
  }

  @Test
  void theEndOfAnUpgradedSessionClosesItsWebSocket() {
    String session = server.openPolling();
    try (RawConnection socket = upgraded(session)) {
      send(session, "last");
      server.session(session).close(CloseReason.FORCED_SERVER_CLOSE);

      assertThat(socket.text()).isEqualTo("4last");
      assertThat(socket.closeStatus()).isEqualTo(1005);
    }
  }

  @Test
  void aClientThatSendsFasterThanItsSessionWorksIsNotReadFrom() {
    String session = server.openPolling();
    CountDownLatch free = new CountDownLatch(1);
    try (RawConnection socket = upgraded(session)) {
      server.session(session).loop().execute(() -> awaitFree(free));
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> IntStream.range(0, 60).forEach(i -> socket.sendText("3" + LARGE)));
      assertThat(sending).failsWithin(Duration.ofSeconds(1));

      free.countDown();
      assertThat(sending).succeedsWithin(Duration.ofSeconds(10));
      socket.sendText("4b");
      assertThat(socket.text()).isEqualTo("4b");
    } finally {
      free.countDown();
    }
  }

  private static void awaitFree(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(String session, String text) {
    ByteBuffer data = StandardCharsets.UTF_8.encode(text);
    server.engine.send(List.of(server.session(session)), EchoServer.message(data, false));
  }

  private static RawConnection probe(String session) {
    RawConnection socket = server.connect();
    probe(socket, session);
    return socket;
  }

  private static void probe(RawConnection socket, String session) {
    socket.upgrade(webSocket(session));
    socket.sendText("2probe");
    assertThat(socket.text()).isEqualTo("3probe");
  }

  private static RawConnection upgraded(String session) {
    RawConnection socket = probe(session);
    socket.sendText("5");
    socket.sendText("4ready");
    assertThat(socket.text()).isEqualTo("4ready");
    return socket;
  }

  private static String webSocket(String session) {
    return session.replace("polling", "websocket");
  }
}
