package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Clients that send faster than their handlers work. */
class SlowHandlersWireTest {
  private static final String WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";
  private static final String POLLING = "/socket.io/?EIO=4&transport=polling";
  private static final int MIB = 1 << 20;

  private final CountDownLatch free = new CountDownLatch(1);

  @Test
  void aClientThatSendsMuchWithoutWaitingIsAnsweredToTheEnd() {
    try (SocketIoServer server = start(config -> config.maxPendingBytes(2 * MIB));
        RawConnection socket = connect(server)) {
      server
          .root()
          .on(
              "large",
              (from, event, ack) -> {
                free.await();
                ack.send();
              });
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 60; i++) {
                  socket.sendText("42" + i + "[\"large\",\"" + "x".repeat(512 << 10) + "\"]");
                }
              });
      // More than any buffer between takes: the client is not read from.
      assertThat(sent).failsWithin(Duration.ofSeconds(1));
      free.countDown();
      for (int i = 0; i < 60; i++) {
        assertThat(socket.text()).isEqualTo("43" + i + "[]");
      }
      sent.join();
    }
  }

  @Test
  void aPollingClientThatSendsMuchWithoutWaitingForAcksIsAnsweredToTheEnd() {
    try (SocketIoServer server = start(config -> config.maxPendingBytes(2 * MIB));
        RawConnection posts = new RawConnection(address(server));
        RawConnection polls = new RawConnection(address(server))) {
      server
          .root()
          .on(
              "large",
              (from, event, ack) -> {
                free.await();
                ack.send();
              });
      String session = POLLING + "&sid=" + polls.get(POLLING).body().substring(9, 29);
      posts.post(session, "40");
      polls.get(session);
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 60; i++) {
                  String event = "42" + i + "[\"large\",\"" + "x".repeat(512 << 10) + "\"]";
                  assertThat(posts.post(session, event).body()).isEqualTo("ok");
                }
              });
      assertThat(sent).failsWithin(Duration.ofSeconds(1));
      free.countDown();
      StringBuilder acks = new StringBuilder();
      while (!acks.toString().contains("4359[]")) {
        acks.append(polls.get(session).body()).append('\u001e');
      }
      for (int i = 0; i < 60; i++) {
        assertThat(acks).contains("43" + i + "[]");
      }
      sent.join();
    }
  }

  @Test
  void anEventOfTheLargestSizeIsTakenFromAPost() {
    try (SocketIoServer server =
            start(config -> config.maxPayloadBytes(300_000_000).maxPendingBytes(MIB));
        RawConnection posts = new RawConnection(address(server));
        RawConnection polls = new RawConnection(address(server))) {
      server
          .root()
          .on("large", (from, event, ack) -> ack.send(String.valueOf(event.get(0)).length()));
      String session = POLLING + "&sid=" + polls.get(POLLING).body().substring(9, 29);
      posts.post(session, "40");
      polls.get(session);
      for (int i = 0; i < 3; i++) {
        posts.post(session, "421[\"large\",\"" + "x".repeat(16 * MIB) + "\"]");
        assertThat(polls.get(session).body()).isEqualTo("431[" + 16 * MIB + "]");
      }
    }
  }

  @Test
  void anEventOfTheLargestSizeIsTaken() {
    try (SocketIoServer server =
            start(config -> config.maxPayloadBytes(300_000_000).maxPendingBytes(MIB));
        RawConnection socket = connect(server)) {
      server
          .root()
          .on("large", (from, event, ack) -> ack.send(String.valueOf(event.get(0)).length()));
      for (int i = 0; i < 3; i++) {
        socket.sendText("421[\"large\",\"" + "x".repeat(16 * MIB) + "\"]");
        assertThat(socket.text()).isEqualTo("431[" + 16 * MIB + "]");
      }
    }
  }

  @Test
  void manyEventsOfOneReadAreNotMoreThanMayWait() throws InterruptedException {
    BlockingQueue<Object> handled = new LinkedBlockingQueue<>();
    try (SocketIoServer server = start(config -> config.maxPendingEvents(10));
        RawConnection socket = connect(server)) {
      server
          .root()
          .on(
              "n",
              (from, event, ack) -> {
                free.await();
                handled.add(event.get(0));
              });
      for (int i = 0; i < 1000; i++) {
        socket.sendText("42[\"n\"," + i + "]");
      }
      socket.sendFrame(0x80 | RawConnection.PING, new byte[0]);
      awaitPending(server, 10);
      free.countDown();
      assertThat(socket.frame().opcode()).isEqualTo(RawConnection.PONG);
      for (int i = 0; i < 1000; i++) {
        assertThat(handled.poll(5, TimeUnit.SECONDS)).isEqualTo(i);
      }
    }
  }

  @Test
  void aHandlerMayWaitForAnAckBehindEventsThatWaitForIt() {
    try (SocketIoServer server = start(config -> config.maxPendingBytes(MIB));
        RawConnection socket = connect(server)) {
      server
          .root()
          .on(
              "go",
              (from, event, ack) -> {
                from.emit("begun");
                free.await();
                ack.send(from.call("ask").toList().toArray());
              });
      server.root().on("large", (from, event, ack) -> {});
      socket.sendText("421[\"go\"]");
      assertThat(socket.text()).isEqualTo("42[\"begun\"]");
      for (int i = 0; i < 3; i++) {
        socket.sendText("42[\"large\",\"" + "x".repeat(512 << 10) + "\"]");
      }
      free.countDown();
      assertThat(socket.text()).isEqualTo("420[\"ask\"]");
      socket.sendText("430[\"answer\"]");
      assertThat(socket.text()).isEqualTo("431[\"answer\"]");
    }
  }

  @Test
  void aPingIsSentAndAPongNotMissedWhileTheClientIsNotReadFrom() {
    try (SocketIoServer server =
            start(
                config ->
                    config
                        .maxPendingBytes(1000)
                        .pingInterval(Duration.ofMillis(100))
                        .pingTimeout(Duration.ofMillis(150)));
        RawConnection socket = connect(server)) {
      server
          .root()
          .on(
              "n",
              (from, event, ack) -> {
                free.await();
                ack.send();
              });
      socket.sendText("42[\"n\"]");
      socket.sendText("421[\"n\",\"" + "x".repeat(1000) + "\"]");
      for (int i = 0; i < 10; i++) {
        assertThat(socket.text()).isEqualTo("2");
      }
      free.countDown();
      socket.sendText("3");
      String next = socket.text();
      while (next.equals("2")) {
        socket.sendText("3");
        next = socket.text();
      }
      assertThat(next).isEqualTo("431[]");
    }
  }

  @Test
  void theResponseToAPostWaitsForTheHandlers() {
    try (SocketIoServer server = start(config -> config.maxPendingBytes(1000));
        RawConnection posts = new RawConnection(address(server));
        RawConnection polls = new RawConnection(address(server))) {
      server
          .root()
          .on(
              "n",
              (from, event, ack) -> {
                from.emit("begun");
                free.await();
              });
      String session = POLLING + "&sid=" + polls.get(POLLING).body().substring(9, 29);
      assertThat(posts.post(session, "40").status()).isEqualTo(200);
      assertThat(polls.get(session).body()).startsWith("40{");
      assertThat(posts.post(session, "42[\"n\"]").status()).isEqualTo(200);
      assertThat(polls.get(session).body()).isEqualTo("42[\"begun\"]");
      posts.send("POST", session, "42[\"n\",\"" + "x".repeat(1000) + "\"]");
      CompletableFuture<RawConnection.Response> response =
          CompletableFuture.supplyAsync(posts::receive);
      assertThat(response).failsWithin(Duration.ofMillis(200));
      free.countDown();

      assertThat(response.join().body()).isEqualTo("ok");
      assertThat(polls.get(session).body()).isEqualTo("42[\"begun\"]");
    }
  }

  @Test
  void aConnectionThatTheServerEndsWhileItIsNotReadFromIsClosedInOrder() {
    try (SocketIoServer server = start(config -> config.maxPendingBytes(1000));
        RawConnection socket = connect(server)) {
      server
          .root()
          .on(
              "n",
              (from, event, ack) -> {
                free.await();
                from.emit("last");
                from.disconnect(true);
              });
      socket.sendText("42[\"n\"]");
      for (int i = 0; i < 100; i++) {
        socket.sendText("42[\"n\",\"" + "x".repeat(1000) + "\"]");
      }
      free.countDown();
      assertThat(socket.text()).isEqualTo("42[\"last\"]");
      assertThat(socket.text()).isEqualTo("41");
      assertThat(socket.closeStatus()).isEqualTo(1005);
      assertThat(socket.ended()).isTrue();
    }
  }

  private static void awaitPending(SocketIoServer server, long events) {
    org.awaitility.Awaitility.await()
        .during(Duration.ofMillis(200))
        .until(() -> server.statistics().pendingEvents() == events);
  }

  private static SocketIoServer start(UnaryOperator<SocketIoServerConfig.Builder> settings) {
    SocketIoServer server =
        SocketIoServer.create(settings.apply(SocketIoServerConfig.builder().port(0)).build());
    server.start();
    return server;
  }

  private static InetSocketAddress address(SocketIoServer server) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.address().getPort());
  }

  private static RawConnection connect(SocketIoServer server) {
    RawConnection connection = new RawConnection(address(server));
    connection.upgrade(WEBSOCKET);
    connection.text();
    connection.sendText("40");
    assertThat(connection.text()).startsWith("40{");
    return connection;
  }
}
