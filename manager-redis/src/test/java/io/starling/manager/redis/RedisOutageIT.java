package io.starling.manager.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.starling.manager.BackendUnavailableException;
import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a Redis that dies, hangs and cuts connections. */
@Timeout(60)
class RedisOutageIT {
  private final RedisProcess redis = new RedisProcess();
  private final RecordingListener listener = new RecordingListener();
  private final PubSubBackend backend = backend(Duration.ofMillis(500));

  @AfterEach
  void close() {
    backend.close(Duration.ofSeconds(5));
    redis.close();
  }

  @Test
  void aRestartedServerFindsAllSubscriptionsAgain() throws Exception {
    join(listener.start(backend, false));
    join(backend.subscribe("a"));
    join(backend.subscribe("b"));
    redis.kill();
    await()
        .untilAsserted(
            () ->
                assertThat(listener.states())
                    .containsExactlyInAnyOrder("LOST PUBLISH", "LOST SUBSCRIBE"));
    redis.restart();
    await().until(() -> listener.states().size() == 4);
    assertThat(listener.states()).contains("RESTORED PUBLISH", "RESTORED SUBSCRIBE");
    for (String channel : List.of("a", "b")) {
      assertThat(join(backend.publish(channel, bytes("again")))).isEqualTo(1);
      assertThat(listener.frames().poll(5, TimeUnit.SECONDS)).isEqualTo(channel + " again");
    }
  }

  @Test
  void aPublishFailsAtOnceWhileTheServerIsDown() throws Exception {
    join(listener.start(backend, false));
    redis.kill();
    await().until(() -> listener.states().contains("LOST PUBLISH"));
    CompletionStage<Integer> stage = backend.publish("a", bytes("lost"));
    assertThat(stage.toCompletableFuture()).isCompletedExceptionally();
    assertThatThrownBy(() -> join(stage))
        .hasCauseInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("127.0.0.1:" + redis.port());
    redis.restart();
    await().until(() -> listener.states().contains("RESTORED PUBLISH"));
    join(backend.subscribe("a"));
    assertThat(join(backend.publish("a", bytes("fresh")))).isEqualTo(1);
    assertThat(listener.frames().poll(5, TimeUnit.SECONDS)).isEqualTo("a fresh");
  }

  @Test
  void aSubscriptionAskedForDuringAnOutageIsInForceAfterIt() throws Exception {
    join(listener.start(backend, false));
    redis.kill();
    await().until(() -> listener.states().contains("LOST SUBSCRIBE"));
    CompletionStage<Void> stage = backend.subscribe("late");
    redis.restart();
    join(stage);
    await().until(() -> listener.states().contains("RESTORED PUBLISH"));
    assertThat(join(backend.publish("late", bytes("x")))).isEqualTo(1);
  }

  @Test
  void aLateServerIsFoundWhenToldToKeepTrying() throws Exception {
    redis.kill();
    join(listener.start(backend, true));
    CompletionStage<Void> stage = backend.subscribe("a");
    redis.restart();
    await()
        .untilAsserted(
            () ->
                assertThat(listener.states())
                    .containsExactlyInAnyOrder("RESTORED PUBLISH", "RESTORED SUBSCRIBE"));
    join(stage);
  }

  @Test
  void aServerThatHangsIsNoticedInBothDirections() throws Exception {
    join(listener.start(backend, false));
    join(backend.subscribe("a"));
    redis.freeze();
    CompletionStage<Integer> stuck = backend.publish("a", bytes("stuck"));
    await().until(() -> listener.states().size() == 2);
    assertThatThrownBy(() -> join(stuck)).hasStackTraceContaining("127.0.0.1:" + redis.port());
    redis.thaw();
    await().until(() -> listener.states().size() == 4);
    assertThat(join(backend.publish("a", bytes("again")))).isPositive();
  }

  @Test
  void aFrozenConnectionIsDroppedAtOnceWhenTheManagerAsksForIt() throws Exception {
    PubSubBackend patient = backend(Duration.ofSeconds(30));
    join(listener.start(patient, false));
    redis.freeze();
    CompletionStage<Integer> stuck = patient.publish("a", bytes("stuck"));
    for (Direction direction : Direction.values()) {
      patient.reconnect(direction, new IllegalStateException("unconfirmed for 10 s"));
    }
    assertThatThrownBy(() -> join(stuck)).hasStackTraceContaining("127.0.0.1:" + redis.port());
    await().until(() -> listener.states().size() == 2);
    assertThat(listener.reasons())
        .anyMatch(reason -> reason.startsWith("PUBLISH ") && reason.contains("unconfirmed"))
        .anyMatch(reason -> reason.startsWith("SUBSCRIBE ") && reason.contains("unconfirmed"));
    redis.thaw();
    await().until(() -> listener.states().size() == 4);
    patient.close(Duration.ofSeconds(5));
  }

  @Test
  void anErrorAnswerToAPingIsALossWithThatReason() throws Exception {
    redis.ask("ACL SETUSER limited on >secret &* +@all");
    PubSubBackend limited =
        RedisBackendProvider.create(
            BackendUrl.parse("redis://limited:secret@127.0.0.1:" + redis.port()),
            "limited",
            Duration.ofMillis(300));
    join(listener.start(limited, false));
    redis.ask("ACL SETUSER limited -ping -role");
    await().until(() -> listener.states().contains("LOST PUBLISH"));
    assertThat(listener.reasons().get(0)).contains("NOPERM");
    limited.close(Duration.ofSeconds(5));
  }

  @Test
  void aWrongPasswordWhileReconnectingIsToldWithItsReason() throws Exception {
    redis.ask("ACL SETUSER limited on >secret &* +@all");
    PubSubBackend limited =
        RedisBackendProvider.create(
            BackendUrl.parse("redis://limited:secret@127.0.0.1:" + redis.port()),
            "limited",
            Duration.ofMillis(300));
    join(listener.start(limited, false));
    redis.ask("ACL SETUSER limited resetpass >changed");
    redis.ask("CLIENT KILL USER limited");
    await().until(() -> listener.reasons().stream().anyMatch(r -> r.contains("WRONGPASS")));
    assertThat(listener.reasons()).noneMatch(r -> r.contains("secret"));
    limited.close(Duration.ofSeconds(5));
  }

  @Test
  void framesKeepTheirOrderWhileConnectionsFlap() throws Exception {
    join(listener.start(backend, false));
    join(backend.subscribe("a"));
    List<String> confirmed = new ArrayList<>();
    int next = 0;
    for (int flap = 0; flap < 5; flap++) {
      killConnections("-publish");
      int attempts = 0;
      while (attempts < 2000) {
        String text = Integer.toString(next++);
        try {
          join(backend.publish("a", bytes(text)));
          confirmed.add("a " + text);
          attempts++;
        } catch (ExecutionException e) {
          await().until(() -> listener.states().size() % 2 == 0);
        }
      }
    }
    await().until(() -> listener.frames().containsAll(confirmed.subList(9_990, 10_000)));
    List<String> arrived = new ArrayList<>(listener.frames());
    assertThat(arrived).doesNotHaveDuplicates().containsSubsequence(confirmed);
    assertThat(arrived).isSortedAccordingTo((x, y) -> Integer.compare(number(x), number(y)));
  }

  @Test
  void twentyReconnectionsLeaveNothingBehind() throws Exception {
    join(listener.start(backend, false));
    join(backend.subscribe("a"));
    int threads = Thread.activeCount();
    for (int i = 1; i <= 10; i++) {
      killConnections("-");
      int states = 4 * i;
      await().until(() -> listener.states().size() == states);
    }
    assertThat(redis.connections("outage")).hasSize(2);
    assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 2);
    assertThat(join(backend.publish("a", bytes("x")))).isEqualTo(1);
    assertThat(listener.frames().poll(5, TimeUnit.SECONDS)).isEqualTo("a x");
    assertThat(listener.frames()).isEmpty();
  }

  @Test
  void aPausedBackendIsNotTakenForADeadOne() throws Exception {
    join(listener.start(backend, false));
    join(backend.subscribe("a"));
    backend.pause();
    await().pollDelay(Duration.ofMillis(2_500)).until(() -> true);
    assertThat(listener.states()).isEmpty();
    assertThat(join(backend.publish("a", bytes("x")))).isEqualTo(1);
    backend.resume();
    assertThat(listener.frames().poll(5, TimeUnit.SECONDS)).isEqualTo("a x");
  }

  @Test
  void closingDuringAnOutageIsQuickAndEndsAllThreads() throws Exception {
    join(listener.start(backend, false));
    redis.kill();
    await().until(() -> listener.states().size() == 2);
    CompletionStage<Void> stage = backend.subscribe("never");
    backend.close(Duration.ofSeconds(5));
    assertThatThrownBy(() -> join(stage)).hasStackTraceContaining("closed");
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().contains("outage-redis")));
  }

  @Test
  void closingWhileAServerKeepsSilentIsQuickAndEndsAllThreads() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      PubSubBackend connecting =
          new RedisBackendProvider()
              .create(BackendUrl.parse("redis://127.0.0.1:" + silent.getLocalPort()), "silent");
      join(listener.start(connecting, true));
      silent.accept().close();
      silent.accept();
      long from = System.nanoTime();
      connecting.close(Duration.ofSeconds(5));
      assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(2));
      await()
          .untilAsserted(
              () ->
                  assertThat(Thread.getAllStackTraces().keySet())
                      .noneMatch(thread -> thread.getName().contains("silent-redis")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis-cluster://%s", "redis-sentinel://%s/mymaster"})
  void aFirstConnectToManyNodesThatKeepSilentEndsWithinTwelveSeconds(String url) throws Exception {
    List<ServerSocket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 6; i++) {
        silent.add(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()));
      }
      String nodes =
          silent.stream()
              .map(node -> "127.0.0.1:" + node.getLocalPort())
              .collect(Collectors.joining(","));
      long from = System.nanoTime();
      try (Closing connecting = new Closing(url.formatted(nodes))) {
        CompletableFuture<Void> started =
            listener.start(connecting.backend(), false).toCompletableFuture();
        assertThatThrownBy(() -> started.get(25, TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .hasMessageContaining("no answer");
      }
      assertThat(Duration.ofNanos(System.nanoTime() - from))
          .as("12 s, and 3 s for a busy machine")
          .isLessThan(Duration.ofSeconds(15));
    } finally {
      for (ServerSocket each : silent) {
        each.close();
      }
    }
  }

  /** A back end of its own, closed after use. */
  private record Closing(PubSubBackend backend) implements AutoCloseable {
    Closing(String url) {
      this(new RedisBackendProvider().create(BackendUrl.parse(url), "silent"));
    }

    @Override
    public void close() {
      backend.close(Duration.ofSeconds(5));
    }
  }

  private PubSubBackend backend(Duration pingInterval) {
    return RedisBackendProvider.create(BackendUrl.parse(redis.url()), "outage", pingInterval);
  }

  private void killConnections(String suffix) {
    for (String line : redis.connections("outage" + suffix)) {
      redis.ask("CLIENT KILL ID " + id(line));
    }
  }

  private static String id(String line) {
    return line.substring(line.indexOf("id=") + 3, line.indexOf(' '));
  }

  private static int number(String frame) {
    return Integer.parseInt(frame.substring(2));
  }

  private static <T> T join(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static ByteBuffer bytes(String text) {
    return StandardCharsets.UTF_8.encode(text);
  }
}
