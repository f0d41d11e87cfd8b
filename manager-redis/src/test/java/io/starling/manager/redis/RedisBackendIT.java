package io.starling.manager.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Capability;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Against {@code STARLING_TEST_REDIS}, or an embedded Redis. */
@Timeout(60)
class RedisBackendIT {
  /** As docs/configuration.md has them; the prefix is to be filled in. */
  private static final String DOCUMENTED_RIGHTS =
      "--user limited on >secret &%s:* +publish +subscribe +unsubscribe +ping +role +info +hello +client|setname +select";

  private static @Nullable RedisProcess embedded;
  private static String url = "";

  private final String name = "t" + UUID.randomUUID().toString().substring(0, 8);
  private final String channel = name + ":all";
  private final RecordingListener listener = new RecordingListener();
  private final PubSubBackend backend = backend(url);

  @BeforeAll
  static void open() {
    String named = System.getenv().getOrDefault("STARLING_TEST_REDIS", "");
    if (named.isEmpty()) {
      embedded = new RedisProcess();
      url = embedded.url();
    } else {
      url = named;
    }
  }

  @AfterAll
  static void close() {
    if (embedded != null) {
      embedded.close();
    }
  }

  @AfterEach
  void closeBackend() {
    backend.close(Duration.ofSeconds(5));
  }

  @Test
  void aFrameReachesWhoSubscribesAndReceiversAreCounted() throws Exception {
    join(listener.start(backend, false));
    assertThat(join(backend.publish(channel, bytes("early")))).isZero();
    join(backend.subscribe(channel));
    assertThat(join(backend.publish(channel, bytes("hello")))).isEqualTo(1);
    assertThat(listener.frames().poll(5, TimeUnit.SECONDS)).isEqualTo(channel + " hello");
    assertThat(backend.capabilities()).containsExactly(Capability.COUNTS_RECEIVERS);
    assertThat(listener.states()).isEmpty();
  }

  @Test
  void nothingComesAfterUnsubscribing() throws Exception {
    join(listener.start(backend, false));
    join(backend.subscribe(channel));
    join(backend.subscribe(channel));
    join(backend.unsubscribe(channel));
    assertThat(join(backend.publish(channel, bytes("late")))).isZero();
  }

  @Test
  void tenThousandFramesArriveInOrder() throws Exception {
    join(listener.start(backend, false));
    join(backend.subscribe(channel));
    List<CompletionStage<Integer>> stages = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      stages.add(backend.publish(channel, bytes(Integer.toString(i))));
    }
    for (CompletionStage<Integer> stage : stages) {
      assertThat(join(stage)).isEqualTo(1);
    }
    List<String> expected =
        IntStream.range(0, 10_000).mapToObj(i -> channel + " " + i).collect(Collectors.toList());
    await().until(() -> listener.frames().size() == expected.size());
    assertThat(listener.frames()).containsExactlyElementsOf(expected);
  }

  @Test
  void aBigBinaryFrameArrivesUnchanged() throws Exception {
    byte[] big = new byte[1_000_000];
    Arrays.fill(big, (byte) 'x');
    join(listener.start(backend, false));
    join(backend.subscribe(channel));
    ByteBuffer frame = ByteBuffer.wrap(big).asReadOnlyBuffer();
    assertThat(join(backend.publish(channel, frame))).isEqualTo(1);
    assertThat(frame.remaining()).isEqualTo(big.length);
    assertThat(listener.frames().poll(5, TimeUnit.SECONDS))
        .isEqualTo(channel + " " + new String(big, StandardCharsets.US_ASCII));
  }

  @Test
  void aPausedBackendReadsNothingAndLosesNothing() throws Exception {
    join(listener.start(backend, false));
    join(backend.subscribe(channel));
    PubSubBackend other = backend(url);
    try {
      join(new RecordingListener().start(other, false));
      backend.pause();
      String filler = "x".repeat(100_000);
      for (int i = 0; i < 200; i++) {
        join(other.publish(channel, bytes(filler)));
      }
      CompletionStage<Void> answered = backend.subscribe(name + ":other");
      await().during(300, TimeUnit.MILLISECONDS).until(() -> listener.frames().size() < 100);
      assertThat(answered.toCompletableFuture()).isNotDone();
      backend.resume();
      join(answered);
      await().until(() -> listener.frames().size() == 200);
    } finally {
      other.close(Duration.ofSeconds(5));
    }
  }

  @Test
  void closingLeavesNoConnectionAndNoThread() throws Exception {
    join(listener.start(backend, false));
    join(backend.subscribe(channel));
    assertThat(connectionsOf(name)).hasSize(2);
    assertThat(threadsOf(name)).isNotEmpty().allMatch(Thread::isDaemon);

    backend.close(Duration.ofSeconds(5));
    backend.close(Duration.ofSeconds(5));

    await().untilAsserted(() -> assertThat(connectionsOf(name)).isEmpty());
    await().untilAsserted(() -> assertThat(threadsOf(name)).isEmpty());
    assertThatThrownBy(() -> join(backend.publish(channel, bytes("x"))))
        .hasStackTraceContaining("not open");
    assertThat(listener.states()).isEmpty();
  }

  @Test
  void aServerThatIsNotThereIsNamedInOneLine() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    PubSubBackend nowhere = backend("redis://me:secret@127.0.0.1:" + port);
    assertThatThrownBy(() -> join(listener.start(nowhere, false)))
        .hasCauseInstanceOf(BackendUnavailableException.class)
        .cause()
        .hasMessage(
            "redis://127.0.0.1:"
                + port
                + ": connection refused (expected: a Redis server that answers)");
    await().untilAsserted(() -> assertThat(threadsOf(name)).isEmpty());
  }

  @Test
  void aServerThatSaysNothingIsGivenUpInTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      PubSubBackend mute = backend("redis://127.0.0.1:" + silent.getLocalPort());
      assertThatThrownBy(() -> join(listener.start(mute, false)))
          .hasStackTraceContaining("no answer within 4000 ms");
    }
  }

  @Test
  void aWrongPasswordIsToldWithoutThePassword() {
    try (RedisProcess locked = new RedisProcess("--requirepass", "right")) {
      String where = "127.0.0.1:" + locked.port();
      PubSubBackend wrong = backend("redis://:terrible@" + where);
      assertThatThrownBy(() -> join(listener.start(wrong, false)))
          .hasStackTraceContaining(where)
          .hasStackTraceContaining("WRONGPASS")
          .satisfies(e -> assertThat(stackTrace(e)).doesNotContain("terrible"));
      PubSubBackend none = backend("redis://" + where);
      assertThatThrownBy(() -> join(listener.start(none, false))).hasStackTraceContaining("NOAUTH");
    }
  }

  @Test
  void aPasswordAndADatabaseOpenTheDoor() throws Exception {
    try (RedisProcess locked = new RedisProcess("--requirepass", "right")) {
      PubSubBackend right = backend("redis://default:right@127.0.0.1:" + locked.port() + "/3");
      join(listener.start(right, false));
      assertThat(join(right.publish(channel, bytes("x")))).isZero();
      assertThat(right.toString()).doesNotContain("right");
      right.close(Duration.ofSeconds(5));
    }
  }

  @Test
  void aUserWithTheDocumentedRightsNeedsNoOthers() throws Exception {
    try (RedisProcess guarded =
        new RedisProcess(DOCUMENTED_RIGHTS.formatted(name).split(" ", -1))) {
      PubSubBackend limited = backend("redis://limited:secret@127.0.0.1:" + guarded.port());
      join(listener.start(limited, false));
      join(limited.subscribe(channel));
      assertThat(join(limited.publish(channel, bytes("allowed")))).isEqualTo(1);
      assertThat(listener.frames().poll(5, TimeUnit.SECONDS)).isEqualTo(channel + " allowed");
      assertThatThrownBy(() -> join(limited.subscribe("other:all"))).hasMessageContaining("NOPERM");
      limited.close(Duration.ofSeconds(5));
    }
  }

  @Test
  void aUserWhoMayNotAskForInformationIsToldNoNumberOfReceivers() throws Exception {
    String rights = DOCUMENTED_RIGHTS.replace(" +info", "").formatted(name);
    try (RedisProcess guarded = new RedisProcess(rights.split(" ", -1))) {
      PubSubBackend limited = backend("redis://limited:secret@127.0.0.1:" + guarded.port());
      join(listener.start(limited, false));
      assertThat(join(limited.publish(channel, bytes("perhaps to a node of a Cluster"))))
          .isEqualTo(-1);
      limited.close(Duration.ofSeconds(5));
    }
  }

  @Test
  void aUserWhoMayNotAskForTheRoleGetsByWithPing() throws Exception {
    String rights = DOCUMENTED_RIGHTS.replace(" +role", "").formatted(name);
    try (RedisProcess guarded = new RedisProcess(rights.split(" ", -1))) {
      PubSubBackend limited =
          RedisBackendProvider.create(
              BackendUrl.parse("redis://limited:secret@127.0.0.1:" + guarded.port()),
              name,
              Duration.ofMillis(200));
      join(listener.start(limited, false));
      await().during(1, TimeUnit.SECONDS).until(() -> listener.states().isEmpty());
      assertThat(join(limited.publish(channel, bytes("x")))).isZero();
      limited.close(Duration.ofSeconds(5));
    }
  }

  @Test
  void aUserWhoMayNotAskForTheRoleAsksOnceForEachConnection() throws Exception {
    String rights = DOCUMENTED_RIGHTS.replace(" +role", "").formatted(name);
    try (RedisProcess guarded = new RedisProcess(rights.split(" ", -1))) {
      PubSubBackend limited =
          RedisBackendProvider.create(
              BackendUrl.parse("redis://limited:secret@127.0.0.1:" + guarded.port()),
              name,
              Duration.ofMillis(100));
      join(listener.start(limited, false));
      await().until(() -> calls(guarded, "ping") >= 10);
      assertThat(calls(guarded, "role")).as("one that publishes, one that subscribes").isEqualTo(2);

      guarded.ask("CLIENT KILL USER limited");
      await().until(() -> listener.states().size() == 4);

      assertThat(calls(guarded, "role")).isEqualTo(4);
      limited.close(Duration.ofSeconds(5));
    }
  }

  /** How often clients sent this command, refused or not. */
  private static int calls(RedisProcess redis, String command) {
    return redis
        .ask("INFO commandstats")
        .lines()
        .filter(line -> line.startsWith("cmdstat_" + command + ":"))
        .flatMap(line -> Arrays.stream(line.split("[:,]", -1)))
        .filter(field -> field.startsWith("calls=") || field.startsWith("rejected_calls="))
        .mapToInt(field -> Integer.parseInt(field.substring(field.indexOf('=') + 1)))
        .sum();
  }

  @Test
  void anErrorOfTheListenerEndsNothing() throws Exception {
    join(listener.start(backend, false));
    join(backend.subscribe(channel));
    listener.throwOnce(new AssertionError("a bug of the user's"));
    assertThat(join(backend.publish(channel, bytes("1")))).isEqualTo(1);
    assertThat(join(backend.publish(channel, bytes("2")))).isEqualTo(1);
    assertThat(listener.frames().poll(5, TimeUnit.SECONDS)).isEqualTo(channel + " 1");
    assertThat(listener.frames().poll(5, TimeUnit.SECONDS)).isEqualTo(channel + " 2");
    assertThat(listener.states()).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aUnixDomainSocketDoesAsWell(@TempDir Path directory) throws Exception {
    Path socket = directory.resolve("redis.sock");
    try (RedisProcess local = new RedisProcess("--unixsocket", socket.toString())) {
      assertThat(local.port()).isPositive();
      PubSubBackend near = backend("redis-socket://" + socket);
      join(listener.start(near, false));
      join(near.subscribe(channel));
      assertThat(join(near.publish(channel, bytes("near")))).isEqualTo(1);
      assertThat(listener.frames().poll(5, TimeUnit.SECONDS)).isEqualTo(channel + " near");
      near.close(Duration.ofSeconds(5));
    }
  }

  private PubSubBackend backend(String to) {
    return new RedisBackendProvider().create(BackendUrl.parse(to), name);
  }

  private static List<String> connectionsOf(String name) {
    RedisClient client = RedisClient.create(url);
    try {
      return client.connect().sync().clientList().lines().filter(l -> l.contains(name)).toList();
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
  }

  private static List<Thread> threadsOf(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("starling-" + name + "-redis-"))
        .toList();
  }

  private static String stackTrace(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static <T> T join(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static ByteBuffer bytes(String text) {
    return StandardCharsets.UTF_8.encode(text);
  }
}
