package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Handshake;
import io.starling.socketio.SocketIoListener;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.transport.IoKind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client that is not read from: what it sent is handled in order, whatever it does meanwhile. */
class StoppedReadingWireTest {
  private static final String WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";
  private static final String POLLING = "/socket.io/?EIO=4&transport=polling";
  private static final int MAX_PENDING_EVENTS = 10;

  private final CountDownLatch free = new CountDownLatch(1);
  private final BlockingQueue<Object> handled = new LinkedBlockingQueue<>();
  private final BlockingQueue<DisconnectReason> sessionsClosed = new LinkedBlockingQueue<>();
  private SocketIoServer server = SocketIoServer.create(SocketIoServerConfig.builder().build());

  @AfterEach
  void close() {
    free.countDown();
    server.close();
  }

  @ParameterizedTest
  @EnumSource
  void whatAClientSentBeforeItEndsItsOutputIsHandled(IoKind kind) throws InterruptedException {
    int events = 3000;
    start(kind);
    try (RawConnection socket = openWebSocket()) {
      for (int i = 0; i < events; i++) {
        socket.sendText(event(i));
      }
      awaitPending(MAX_PENDING_EVENTS);
      socket.endOutput();
      if (kind != IoKind.NIO) {
        // The others see the end though they do not read.
        assertThat(sessionsClosed.poll(5, TimeUnit.SECONDS)).isNotNull();
      }
      free.countDown();

      assertHandled(events);
      assertThat(handled.poll(5, TimeUnit.SECONDS)).isEqualTo(DisconnectReason.TRANSPORT_CLOSE);
    }
  }

  @Test
  void ofAPostNoMoreThanMayWaitIsHandedOnUntilHandlersTookSome() throws InterruptedException {
    int events = 1000;
    start(IoKind.NIO);
    String session = openPolling();
    try (RawConnection posts = connect()) {
      posts.send("POST", session, post(0, events));
      awaitPending(MAX_PENDING_EVENTS);
      free.countDown();

      assertThat(posts.receive().body()).isEqualTo("ok");
      assertHandled(events);
    }
  }

  @Test
  void aPostThatWaitsIsHandledThoughItsClientHasLeftTheConnection() throws InterruptedException {
    int events = 100;
    start(IoKind.NIO);
    String session = openPolling();
    try (RawConnection posts = connect()) {
      posts.send("POST", session, post(0, events));
      awaitPending(MAX_PENDING_EVENTS);
    }
    free.countDown();

    assertHandled(events);
  }

  @Test
  void theRestOfAPostComesBeforeWhatIsSentAfterAnUpgrade() throws InterruptedException {
    start(IoKind.NIO);
    String session = openPolling();
    try (RawConnection posts = connect();
        RawConnection socket = connect()) {
      posts.send("POST", session, post(0, 100));
      awaitPending(MAX_PENDING_EVENTS);
      upgrade(socket, session);
      assertThat(posts.receive().body()).isEqualTo("ok");
      socket.sendText(event(100));
      free.countDown();

      assertHandled(101);
    }
  }

  @Test
  void aPostWhoseRestEndsTheSessionEndsItsUpgradeToo() {
    start(IoKind.NIO);
    String session = openPolling();
    try (RawConnection posts = connect();
        RawConnection socket = connect()) {
      posts.send("POST", session, post(0, 100) + "\u001e1");
      awaitPending(MAX_PENDING_EVENTS);
      upgrade(socket, session);

      assertThat(posts.receive().body()).isEqualTo("ok");
      assertThat(socket.closeStatus()).isEqualTo(1005);
      assertThat(sessionsClosed).containsExactly(DisconnectReason.TRANSPORT_CLOSE);
    }
  }

  @Test
  void aPostWhoseRestIsMalformedIsRefused() {
    start(IoKind.NIO);
    String session = openPolling();
    try (RawConnection posts = connect()) {
      posts.send("POST", session, post(0, 100) + "\u001eabc");
      awaitPending(MAX_PENDING_EVENTS);
      free.countDown();

      assertThat(posts.receive().status()).isEqualTo(400);
      assertThat(sessionsClosed).containsExactly(DisconnectReason.PARSE_ERROR);
    }
  }

  private void start(IoKind kind) {
    Skip.unlessAvailable(kind);
    server =
        SocketIoServer.create(
            SocketIoServerConfig.builder()
                .port(0)
                .io(kind)
                .maxPendingEvents(MAX_PENDING_EVENTS)
                .listener(
                    new SocketIoListener() {
                      @Override
                      public void sessionClosed(Handshake handshake, DisconnectReason reason) {
                        sessionsClosed.add(reason);
                      }
                    })
                .build());
    server
        .root()
        .on(
            "n",
            (from, event, ack) -> {
              free.await();
              handled.add(event.get(0));
            });
    server.root().onDisconnect((socket, reason) -> handled.add(reason));
    server.start();
  }

  private RawConnection connect() {
    return new RawConnection(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.address().getPort()));
  }

  /** A client in the root namespace. */
  private RawConnection openWebSocket() {
    RawConnection connection = connect();
    connection.upgrade(WEBSOCKET);
    connection.text();
    connection.sendText("40");
    assertThat(connection.text()).startsWith("40{");
    return connection;
  }

  /** Such a client; the target of its requests. */
  private String openPolling() {
    try (RawConnection connection = connect()) {
      String session = POLLING + "&sid=" + connection.get(POLLING).body().substring(9, 29);
      assertThat(connection.post(session, "40").status()).isEqualTo(200);
      assertThat(connection.get(session).body()).startsWith("40{");
      return session;
    }
  }

  private static void upgrade(RawConnection socket, String session) {
    socket.upgrade(WEBSOCKET + session.substring(POLLING.length()));
    socket.sendText("2probe");
    assertThat(socket.text()).isEqualTo("3probe");
    socket.sendText("5");
  }

  private static String event(int number) {
    return "42[\"n\"," + number + "]";
  }

  private static String post(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(StoppedReadingWireTest::event)
        .collect(Collectors.joining("\u001e"));
  }

  private void awaitPending(long events) {
    await()
        .during(Duration.ofMillis(200))
        .until(() -> server.statistics().pendingEvents() == events);
  }

  private void assertHandled(int events) throws InterruptedException {
    List<Object> numbers = new ArrayList<>();
    Object next = 0;
    while (next != null && numbers.size() < events) {
      next = handled.poll(5, TimeUnit.SECONDS);
      numbers.add(next);
    }
    assertThat(numbers).isEqualTo(IntStream.range(0, events).boxed().toList());
  }
}
