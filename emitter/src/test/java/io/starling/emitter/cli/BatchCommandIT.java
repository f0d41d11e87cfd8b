package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starling.emitter.RecordingSockets;
import io.starling.emitter.Redis;
import io.starling.manager.ClientManager;
import io.starling.manager.ClientManagerFactory;
import io.starling.manager.ManagerListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code batch} of the executable jar, on a real Redis. */
@Timeout(120)
class BatchCommandIT {
  /** A program starts slowly on a busy machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private static final Redis REDIS = new Redis();

  private final RecordingSockets sockets = new RecordingSockets();
  private final ClientManager server = ClientManagerFactory.create(REDIS.url());

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void startServer() throws Exception {
    server
        .start(sockets, ManagerListener.NONE, ForkJoinPool.commonPool())
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
    sockets.open("/").connect(RecordingSockets.socket("ann"), List.of("news"));
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  @AfterAll
  static void stopRedis() {
    REDIS.close();
  }

  @Test
  void theRowsOfACsvFileReachTheRoom() throws IOException {
    Path file =
        Files.writeString(folder.resolve("p.csv"), "name,eur\n\"pear, big\",1.20\nplum,3\n");

    CliProcess.Result result =
        CliProcess.run(
            "--manager",
            REDIS.url(),
            "batch",
            "--csv",
            "--event",
            "price",
            "--room",
            "news",
            file.toString());

    assertThat(result.status()).isZero();
    assertThat(result.err())
        .startsWith("emitter: read 2, sent 2, bad 0, failed 0, received by nobody 0, in ")
        .hasLineCount(1);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(sockets.log())
                    .containsExactly(
                        "/ [ann] [\"price\",{\"name\":\"pear, big\",\"eur\":\"1.20\"}]",
                        "/ [ann] [\"price\",{\"name\":\"plum\",\"eur\":\"3\"}]"));
  }

  @Test
  void eachLineOfAPipeIsSentAtOnce() {
    try (CliProcess cli =
        CliProcess.start("--manager", REDIS.url(), "batch", "--text", "--event", "log")) {
      cli.type("one");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(sockets.log()).containsExactly("/ [ann] [\"log\",\"one\"]"));
      cli.type("twö");
      assertThat(cli.end().status()).isZero();
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(sockets.log()).contains("/ [ann] [\"log\",\"twö\"]"));
  }

  @Test
  void atSigtermThePlaceIsSavedAndAResumeGoesOnThere() throws IOException {
    String checkpoint = folder.resolve("at.json").toString();
    try (CliProcess cli =
        CliProcess.start(
            "--manager",
            REDIS.url(),
            "batch",
            "--text",
            "--event",
            "log",
            "--checkpoint",
            checkpoint)) {
      cli.type("one");
      await().atMost(PATIENCE).until(() -> sockets.log().size() == 1);
      cli.stop();
      CliProcess.Result result = cli.end();
      assertThat(result.status()).isEqualTo(143);
      assertThat(result.err()).startsWith("emitter: read 1, sent 1, ");
    }
    try (CliProcess cli =
        CliProcess.start(
            "--manager",
            REDIS.url(),
            "batch",
            "--text",
            "--event",
            "log",
            "--resume",
            checkpoint)) {
      cli.type("one");
      cli.type("two");
      CliProcess.Result result = cli.end();
      assertThat(result.status()).isZero();
      assertThat(result.err())
          .startsWith("emitter: read 1, sent 1, ")
          .endsWith("; skipped 1 lines that were done before\n");
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(sockets.log())
                    .containsExactly("/ [ann] [\"log\",\"one\"]", "/ [ann] [\"log\",\"two\"]"));
  }
}
