package io.starling.emitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.starling.manager.AckResponses;
import io.starling.manager.AckTimeoutException;
import io.starling.manager.HostInfo;
import io.starling.manager.ManagerException;
import io.starling.manager.ManagerListener;
import io.starling.manager.SocketId;
import io.starling.protocol.payload.Arguments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an emitter asks, and what it may ask only with replies. */
@Timeout(60)
class EmitterRepliesIT {
  @RegisterExtension static final TestServer SERVER = new TestServer();

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final SocketId ANN = new SocketId("ann");

  @BeforeEach
  void connectMoreClients() {
    SERVER.sockets().open("/admin").connect(RecordingSockets.socket("eve"), List.of());
    SERVER.sockets().open("/quiet").connect(RecordingSockets.socket("silent"), List.of());
  }

  private static Emitter asking() {
    return Emitter.builder(SERVER.url()).withReplies().create();
  }

  @Test
  void clientsAreAskedAndCountedAsOnAServer() throws Exception {
    try (Emitter emitter = asking()) {
      AckResponses<Arguments> acks = join(emitter.broadcast().emitWithAck("question"));

      assertThat(acks.complete()).isTrue();
      assertThat(acks.answers()).containsOnlyKeys(ANN, new SocketId("bob"));
      assertThat(join(emitter.to("news").count()).answers())
          .containsExactly(Map.entry(SERVER.id(), 1));
      assertThat(join(emitter.of("admin").count()).answers())
          .containsExactly(Map.entry(SERVER.id(), 1));
      assertThat(join(emitter.to("news").fetchSockets()).answers().get(SERVER.id()))
          .singleElement()
          .satisfies(socket -> assertThat(socket.rooms()).containsExactlyInAnyOrder("ann", "news"));
      assertThat(join(emitter.find(ANN, LONG))).contains(SERVER.id());
      assertThat(join(emitter.hosts(LONG)).answers().values())
          .extracting(HostInfo::id)
          .containsExactly(SERVER.id());
    }
  }

  @Test
  void aCallReturnsTheAckOfOneClient() throws Exception {
    try (Emitter emitter = asking()) {
      assertThat(emitter.call(ANN, LONG, "question").get(0, String.class)).isEqualTo("ann");
      assertThat(
              emitter
                  .namespace("admin")
                  .call(new SocketId("eve"), LONG, "question")
                  .get(0, String.class))
          .isEqualTo("eve");
    }
  }

  @Test
  void aCallToAClientThatIsNotThereFailsAtOnce() {
    try (Emitter emitter = asking()) {
      assertThatExceptionOfType(ManagerException.class)
          .isThrownBy(() -> emitter.call(new SocketId("nobody"), LONG, "question"))
          .withMessage("socket: nobody (expected: one that a host has)");
    }
  }

  @Test
  void aCallToAClientThatDoesNotAnswerEndsAtTheTimeOut() {
    try (Emitter emitter = asking()) {
      assertThatThrownBy(
              () ->
                  emitter
                      .namespace("quiet")
                      .call(new SocketId("silent"), Duration.ofSeconds(2), "question"))
          .isInstanceOf(AckTimeoutException.class)
          .hasMessage("ack of silent: none (expected: within 2000 ms)");
    }
  }

  @Test
  void withoutRepliesEveryQuestionNamesTheSettingThatAllowsIt() {
    try (Emitter emitter = Emitter.create(SERVER.url())) {
      List<Runnable> questions =
          List.of(
              () -> emitter.broadcast().emitWithAck("question"),
              () -> emitter.broadcast().count(),
              () -> emitter.broadcast().fetchSockets(),
              () -> emitter.find(ANN, LONG),
              () -> emitter.hosts(LONG),
              () -> emitter.serverEmitWithReply(LONG, "question"));
      for (Runnable question : questions) {
        assertThatThrownBy(question::run)
            .isInstanceOf(UnsupportedOperationException.class)
            .hasMessageContaining("withReplies()");
      }
    }
  }

  @Test
  void afterAFlushEverythingIsConfirmed() {
    try (Emitter emitter = Emitter.create(SERVER.url())) {
      for (int i = 0; i < 5_000; i++) {
        var unused = emitter.emit("n", i);
      }

      emitter.flush(LONG);

      assertThat(emitter.statistics().outboxBytes()).isZero();
    }
    await().until(() -> SERVER.log().size() == 5_000);
  }

  @Test
  void aFlushThatTakesTooLongSaysHowMuchWaits() {
    String away = "redis://127.0.0.1:" + Redis.freePort() + "?keep-trying=true&outbox-seconds=2";
    List<CompletableFuture<?>> stages = new ArrayList<>();
    try (Emitter emitter = Emitter.builder(away).listener(ManagerListener.NONE).create()) {
      for (int i = 0; i < 3; i++) {
        stages.add(emitter.emit("n", i).toCompletableFuture());
      }

      assertThatExceptionOfType(ManagerException.class)
          .isThrownBy(() -> emitter.flush(Duration.ofMillis(100)))
          .withMessage(
              "flush: 3 operations wait after 100 ms (expected: the broker has taken them)");
      emitter.flush(LONG);

      assertThat(stages).as("failed, because they waited too long").isNotEmpty();
      await().until(() -> stages.stream().allMatch(CompletableFuture::isCompletedExceptionally));
    }
  }

  private static <T> T join(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
